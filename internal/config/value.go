package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/fault"
)

// Bounds on texts, so that no value can be absurdly large.
const (
	maxText = 4096
	maxList = 1000
)

// setTOML stores what the TOML reader found, which must be of the key's own type.
func (k key) setTOML(raw any) error {
	switch k.value.Interface().(type) {
	case Duration:
		if s, ok := raw.(string); ok {
			return k.setText(s)
		}
	case int:
		if n, ok := raw.(int64); ok && int64(int(n)) == n {
			return k.setInt(int(n))
		}
	case bool:
		if b, ok := raw.(bool); ok {
			k.value.SetBool(b)
			return nil
		}
	case []string:
		if list, ok := raw.([]any); ok {
			return k.setList(list)
		}
	default:
		if s, ok := raw.(string); ok {
			return k.setText(s)
		}
	}
	if k.value.Type() == reflect.TypeFor[Duration]() {
		return fault.Invalid.New(`must be a duration in quotes, like "60s"`)
	}
	return fault.Invalid.New("must be a %s", k.typeName())
}

// setText stores a value given as plain text: by the environment or a flag. The
// elements of a list are separated by commas.
func (k key) setText(s string) error {
	if len(s) > maxText {
		return fault.Invalid.New("must have at most %d bytes", maxText)
	}
	switch k.value.Interface().(type) {
	case Duration:
		d, err := time.ParseDuration(s)
		if err != nil {
			return fault.Invalid.New(`must be a duration, like "60s" or "1h30m"`)
		}
		return k.setDuration(d)
	case int:
		n, err := strconv.Atoi(s)
		if err != nil {
			return fault.Invalid.New("must be a whole number")
		}
		return k.setInt(n)
	case bool:
		if s != "true" && s != "false" {
			return fault.Invalid.New("must be true or false")
		}
		k.value.SetBool(s == "true")
	case []string:
		var list []any
		for part := range strings.SplitSeq(s, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		return k.setList(list)
	default:
		if choices := k.choices(); choices != nil && !slices.Contains(choices, s) {
			return k.notAChoice(s)
		}
		k.value.SetString(s)
	}
	return nil
}

func (k key) notAChoice(s string) error {
	choices := k.choices()
	err := fault.Invalid.New("is %q; it must be %s", s, strings.Join(choices, ", "))
	if near := nearest(s, choices); near != "" {
		return err.WithHint("did you mean %q?", near)
	}
	return err
}

func (k key) setInt(n int) error {
	low, high, _ := strings.Cut(k.bounds(), "..")
	least, errLow := strconv.Atoi(low)
	most, errHigh := strconv.Atoi(high)
	if errLow != nil || errHigh != nil {
		return fault.Internal.New("has no bounds")
	}
	if n < least || n > most {
		return fault.Invalid.New("is %d; it must be %d to %d", n, least, most)
	}
	k.value.SetInt(int64(n))
	return nil
}

func (k key) setDuration(d time.Duration) error {
	low, high, _ := strings.Cut(k.bounds(), "..")
	least, errLow := time.ParseDuration(low)
	most, errHigh := time.ParseDuration(high)
	if errLow != nil || errHigh != nil {
		return fault.Internal.New("has no bounds")
	}
	if d < least || d > most {
		return fault.Invalid.New("is %s; it must be %s to %s", shortDuration(d), shortDuration(least), shortDuration(most))
	}
	k.value.SetInt(int64(d))
	return nil
}

func (k key) setList(raw []any) error {
	if len(raw) > maxList {
		return fault.Invalid.New("has %d elements; at most %d are accepted", len(raw), maxList)
	}
	var list []string
	for _, e := range raw {
		s, ok := e.(string)
		if !ok {
			return fault.Invalid.New("must be a list of strings")
		}
		if s == "" || len(s) > maxText {
			return fault.Invalid.New("must not have an element that is empty or longer than %d bytes", maxText)
		}
		if slices.Contains(list, s) {
			return fault.Invalid.New("has %q twice", s)
		}
		list = append(list, s)
	}
	k.value.Set(reflect.ValueOf(list))
	return nil
}

// shortDuration drops the zero units at the end that time.Duration writes.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// nearest is the known name that a misspelt one most likely stands for, or "".
func nearest(name string, known []string) string {
	best, distance := "", len(name)/3+2
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// editDistance is the number of bytes to insert, delete or replace (Levenshtein).
// Long names, which nobody mistypes, are simply far away.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
