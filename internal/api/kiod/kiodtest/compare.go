package kiodtest

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
)

// compare tells what is wrong with an answer.
func (r *Recording) compare(got *exchange, server Server) (problems []string) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	var actual, want any
	if err := json.Unmarshal(got.body, &actual); err != nil {
		return []string{fmt.Sprintf("the answer is not JSON: %q", got.body)}
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(r.Response.Body), "${WALLET_DIR}", server.WalletDir)), &want); err != nil {
		return []string{err.Error()}
	}
	checkShape(actual, got.StatusCode, wrong)
	if r.MayRefuse && (got.StatusCode == 400 || got.StatusCode == 500) {
		return problems
	}
	if got.StatusCode != r.Response.Status {
		wrong("status %d, want %d: %s", got.StatusCode, r.Response.Status, got.body)
	}
	for name, value := range r.Response.Headers {
		switch actual := got.Header.Get(name); {
		case name == "Server" || name == "Connection":
		case value == "(absent)" && actual != "", value != "(absent)" && actual != value:
			wrong("header %s: %q, want %q", name, actual, value)
		}
	}
	if date := got.Header.Get("Date"); date != "" {
		wrong("a Date header is there")
	}
	for _, m := range r.Match {
		text, _ := lookUp(actual, strings.TrimPrefix(m[0], "body")).(string)
		if ok, err := regexp.MatchString(m[1], text); err != nil || !ok {
			wrong("%s is %q and does not match %s", m[0], text, m[1])
		}
	}
	if r.Verify != nil {
		text, _ := lookUp(actual, strings.TrimPrefix(r.Verify.Path, "body")).(string)
		if err := r.Verify.check(text); err != nil {
			wrong("%s: %v", r.Verify.Path, err)
		}
	}
	if r.Response.BodyText != nil && len(r.Dynamic) == 0 && len(r.Match) == 0 {
		if text := r.fillIn(*r.Response.BodyText, server); string(got.body) != text {
			wrong("body differs:\n\tgot  %s\n\twant %s", got.body, text)
		}
		return problems
	}
	dynamic := r.Dynamic
	for _, m := range r.Match {
		dynamic = append(dynamic, m[0])
	}
	for _, path := range dynamic {
		path = strings.TrimPrefix(path, "body")
		actual, want = without(actual, path), without(want, path)
	}
	if !reflect.DeepEqual(actual, want) {
		wrong("body differs:\n\tgot  %v\n\twant %v", actual, want)
	}
	return problems
}

// checkShape holds every error against §4.1: the members, and their types.
func checkShape(body any, status int, wrong func(string, ...any)) {
	if status < 400 {
		return
	}
	if code, ok := lookUp(body, ".code").(float64); !ok || int(code) != status {
		wrong("the envelope's code is not the status: %v", body)
	}
	if _, ok := lookUp(body, ".message").(string); !ok {
		wrong("the envelope has no message")
	}
	details, ok := lookUp(body, ".error.details").([]any)
	if !ok {
		wrong("the error has no details")
	}
	for _, d := range details {
		for name, kind := range map[string]any{"message": "", "file": "", "line_number": 0.0, "method": ""} {
			if reflect.TypeOf(lookUp(d, "."+name)) != reflect.TypeOf(kind) {
				wrong("the detail %v has no %s of the right type", d, name)
			}
		}
	}
}

// lookUp is the value at a path like ".error.details[0].message".
func lookUp(v any, path string) any {
	for _, part := range parts(path) {
		switch container := v.(type) {
		case map[string]any:
			v = container[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(container) {
				return nil
			}
			v = container[i]
		default:
			return nil
		}
	}
	return v
}

// without puts null in place of what stands at a path, in which * is every element.
func without(v any, path string) any {
	all := parts(path)
	if len(all) == 0 {
		return nil
	}
	var rest strings.Builder
	for _, p := range all[1:] {
		rest.WriteString("." + p)
	}
	switch container := v.(type) {
	case map[string]any:
		if inner, ok := container[all[0]]; ok {
			container[all[0]] = without(inner, rest.String())
		}
	case []any:
		for i := range container {
			if all[0] == "*" || all[0] == fmt.Sprint(i) {
				container[i] = without(container[i], rest.String())
			}
		}
	}
	return v
}

func parts(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' })
}

// verification is a signature that differs from run to run.
type verification struct {
	Path      string `json:"path"`
	Digest    string `json:"digest"`
	PublicKey string `json:"public_key"`
}

// check verifies an R1 signature: low s and the recovery id belong to it.
func (v *verification) check(text string) error {
	if _, err := antelope.ParseSignature(text); err != nil {
		return err
	}
	raw, err := base58.AppendDecode(nil, strings.TrimPrefix(text, "SIG_R1_"))
	if err != nil {
		return err
	}
	key, err := antelope.ParsePublicKey(v.PublicKey)
	if err != nil {
		return err
	}
	digest, err := hex.DecodeString(v.Digest)
	if err != nil {
		return err
	}
	const compressed = 27 + 4
	signature := append(append([]byte(nil), raw[1:curve.RecoverableSize]...), raw[0]-compressed)
	return curve.Verify(curve.ECDSAP256, key.Key(), digest, signature)
}
