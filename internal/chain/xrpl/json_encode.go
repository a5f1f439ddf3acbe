package xrpl

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// encoder turns the JSON of the usual libraries into the canonical serialization.
type encoder struct {
	test bool // X-addresses are those of a test network
}

// object appends the fields of an object in their order. A name that is no field is
// refused.
func (e encoder) object(b []byte, n *node, depth int) ([]byte, error) {
	if n.kind != '{' {
		return nil, fault.InvalidPayload.New("not an object")
	}
	if depth > maxDepth {
		return nil, fault.InvalidPayload.New("more than %d objects inside of each other", maxDepth)
	}
	type entry struct {
		code  fieldCode
		value *node
	}
	entries := make([]entry, 0, len(n.members)+2)
	for i := range n.members {
		m := &n.members[i]
		code, ok := fieldNamed(m.name)
		if !ok || code == fieldObjectEndMarker || code == fieldArrayEndMarker {
			return nil, fault.InvalidPayload.New("a member that is no field of the ledger's format")
		}
		entries = append(entries, entry{code, &m.value})
		// An X-address in one of these places brings a tag with it (XLS-5).
		tagName, tagField := "", fieldCode(0)
		switch code {
		case fieldAccount:
			tagName, tagField = "SourceTag", fieldSourceTag
		case fieldDestination:
			tagName, tagField = "DestinationTag", fieldDestinationTag
		default:
			continue
		}
		if m.value.kind != '"' {
			return nil, in(m.name, errKind)
		}
		_, tag, hasTag, err := parseAddress(m.value.text, e.test)
		if err != nil {
			return nil, in(m.name, err)
		}
		if hasTag {
			if n.get(tagName) != nil {
				return nil, fault.InvalidPayload.New("%s beside an X-address with a tag", tagName)
			}
			text := strconv.FormatUint(uint64(tag), 10)
			entries = append(entries, entry{tagField, &node{kind: '0', text: text}})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return int(a.code) - int(b.code) })
	var err error
	for _, entry := range entries {
		if b, err = e.field(b, entry.code, entry.value, depth); err != nil {
			return nil, in(entry.code.name(), err)
		}
	}
	return b, nil
}

// in says in which field something is wrong.
func in(name string, err error) error {
	return fault.InvalidPayload.Wrap(err, "%s: %s", name, fault.Text(err))
}

// field appends a field.
func (e encoder) field(b []byte, c fieldCode, n *node, depth int) ([]byte, error) {
	b = appendHeader(b, c)
	var contents []byte
	var err error
	switch kind := c.kind(); kind {
	case typeUInt8, typeUInt16, typeUInt32, typeUInt64, typeInt32:
		return e.integer(b, c, n)
	case typeAmount:
		return e.amount(b, n)
	case typeIssue:
		return e.issue(b, n)
	case typeXChainBridge:
		return e.bridge(b, n)
	case typePathSet:
		return e.paths(b, n)
	case typeSTObject:
		b, err = e.object(b, n, depth+1)
		return append(b, endOfObject), err
	case typeSTArray:
		return e.array(b, n, depth+1)
	case typeCurrency:
		contents, err = encodeCurrency(n)
	case typeNumber:
		if contents, err = nil, errKind; n.kind == '"' {
			contents, err = encodeNumber(n.text)
		}
	case typeAccountID:
		if contents, err = e.account(n); c == fieldAccount || c == fieldDestination {
			contents, err = e.tagged(n)
		}
	case typeVector256:
		contents, err = encodeVector(n)
	default:
		contents, err = encodeHex(n, fixedSize(kind))
	}
	if err != nil {
		return nil, err
	}
	if isVariable(c.kind()) {
		b = appendLength(b, len(contents))
	}
	return append(b, contents...), nil
}

var errKind = fault.InvalidPayload.New("a json value of another kind than the field's")

func (e encoder) array(b []byte, n *node, depth int) ([]byte, error) {
	if n.kind != '[' {
		return nil, errKind
	}
	for i := range n.items {
		item := &n.items[i]
		if item.kind != '{' || len(item.members) != 1 {
			return nil, fault.InvalidPayload.New("an element that is not one named object")
		}
		code, ok := fieldNamed(item.members[0].name)
		if !ok || code.kind() != typeSTObject || code == fieldObjectEndMarker {
			return nil, fault.InvalidPayload.New("an element that is not one named object")
		}
		var err error
		if b, err = e.field(b, code, &item.members[0].value, depth); err != nil {
			return nil, in(code.name(), err)
		}
	}
	return append(b, endOfArray), nil
}

// integer appends an integer. Those of 64 bits are hexadecimal in JSON, but for
// amounts of multi-purpose tokens; types and permissions have names.
func (e encoder) integer(b []byte, c fieldCode, n *node) ([]byte, error) {
	if n.kind != '0' && n.kind != '"' {
		return nil, errKind
	}
	size, base := fixedSize(c.kind()), 10
	if n.kind == '"' {
		switch c {
		case fieldTransactionType:
			if code, ok := typeNamed(n.text); ok {
				return binary.BigEndian.AppendUint16(b, code), nil
			}
			return nil, fault.InvalidPayload.New("not a type of transactions")
		case fieldPermissionValue:
			if value, ok := permissionNamed(n.text); ok {
				return binary.BigEndian.AppendUint32(b, value), nil
			}
		case fieldMaximumAmount, fieldOutstandingAmount, fieldMPTAmount, fieldLockedAmount, fieldConfidentialOutstandingAmount:
		default:
			if size == 8 {
				base = 16
			}
		}
	}
	if c.kind() == typeInt32 {
		value, err := strconv.ParseInt(n.text, 10, 32)
		if err != nil {
			return nil, errInteger
		}
		return binary.BigEndian.AppendUint32(b, uint32(int32(value))), nil
	}
	value, err := strconv.ParseUint(n.text, base, 8*size)
	if err != nil {
		return nil, errInteger
	}
	for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
		b = append(b, byte(value>>shift))
	}
	return b, nil
}

var errInteger = fault.InvalidPayload.New("not an integer that fits into the field")

// amount appends drops as a decimal text, {currency, issuer, value}, or
// {mpt_issuance_id, value}.
func (e encoder) amount(b []byte, n *node) ([]byte, error) {
	start := len(b)
	switch {
	case n.kind == '"':
		text, negative := strings.CutPrefix(n.text, "-")
		drops, err := strconv.ParseUint(text, 10, 63)
		if err != nil || drops > maxDrops || !isDigits(text) {
			return nil, fault.InvalidPayload.New("not an amount of drops: decimal digits without a point")
		}
		if drops |= uint64(bitPositive) << 56; negative {
			drops &^= uint64(bitPositive) << 56
		}
		b = binary.BigEndian.AppendUint64(b, drops)
	case n.kind != '{':
		return nil, errKind
	case len(n.members) == 2 && n.get("mpt_issuance_id") != nil && n.get("value") != nil:
		id, err := encodeHex(n.get("mpt_issuance_id"), issuanceSize)
		if err != nil {
			return nil, in("mpt_issuance_id", err)
		}
		text, negative := strings.CutPrefix(n.get("value").text, "-")
		units, err := strconv.ParseUint(text, 10, 63)
		if n.get("value").kind != '"' || err != nil || !isDigits(text) {
			return nil, in("value", errInteger)
		}
		flags := byte(bitMPT | bitPositive)
		if negative {
			flags = bitMPT
		}
		b = binary.BigEndian.AppendUint64(append(b, flags), units)
		b = append(b, id...)
	case len(n.members) == 3 && n.get("currency") != nil && n.get("issuer") != nil && n.get("value") != nil:
		var err error
		if b, err = appendIssued(b, n.get("value")); err != nil {
			return nil, in("value", err)
		}
		currency, err := encodeCurrency(n.get("currency"))
		if err != nil {
			return nil, in("currency", err)
		}
		issuer, err := e.account(n.get("issuer"))
		if err != nil {
			return nil, in("issuer", err)
		}
		b = append(append(b, currency...), issuer...)
	default:
		return nil, fault.InvalidPayload.New("an amount is a text of drops, {currency, issuer, value}, or {mpt_issuance_id, value}")
	}
	return b, checkAmount(b[start:])
}

// appendIssued appends the number of an issued currency, normalised.
func appendIssued(b []byte, n *node) ([]byte, error) {
	if n.kind != '"' {
		return nil, errKind
	}
	d, err := parseDecimal(n.text)
	if err != nil {
		return nil, err
	}
	if d.digits == "" {
		return binary.BigEndian.AppendUint64(b, issuedZero), nil
	}
	const digits = 16
	exponent := d.exponent - (digits - len(d.digits))
	if len(d.digits) > digits || exponent < minExponent || exponent > maxExponent {
		return nil, errPrecision
	}
	var mantissa uint64
	for _, c := range []byte(d.digits + strings.Repeat("0", digits-len(d.digits))) {
		mantissa = mantissa*10 + uint64(c-'0')
	}
	number := issuedZero | uint64(exponent+97)<<54 | mantissa
	if !d.negative {
		number |= uint64(bitPositive) << 56
	}
	return binary.BigEndian.AppendUint64(b, number), nil
}

// account reads an address that must not bring a tag with it.
func (e encoder) account(n *node) ([]byte, error) {
	if n.kind != '"' {
		return nil, errKind
	}
	a, _, hasTag, err := parseAddress(n.text, e.test)
	if err == nil && hasTag {
		err = fault.InvalidAddress.New("an X-address with a tag where there is no field for it")
	}
	return a[:], err
}

// tagged reads an address whose tag has a field of its own.
func (e encoder) tagged(n *node) ([]byte, error) {
	if n.kind != '"' {
		return nil, errKind
	}
	a, _, _, err := parseAddress(n.text, e.test)
	return a[:], err
}

// encodeCurrency reads three characters or 40 digits.
func encodeCurrency(n *node) ([]byte, error) {
	switch {
	case n.kind != '"':
		return nil, errKind
	case n.text == nativeCode:
		return make([]byte, accountSize), nil
	case isCurrencyCode(n.text):
		c := make([]byte, accountSize)
		copy(c[12:], n.text)
		return c, nil
	}
	return encodeHex(n, accountSize)
}

// encodeHex reads hex of either case for size bytes, for any number of bytes where
// size is 0.
func encodeHex(n *node, size int) ([]byte, error) {
	if n.kind != '"' {
		return nil, errKind
	}
	b, err := hex.DecodeString(n.text)
	if err != nil || size != 0 && len(b) != size {
		return nil, fault.InvalidPayload.New("not hex of the right length")
	}
	return b, nil
}

func encodeVector(n *node) (b []byte, err error) {
	if n.kind != '[' || len(n.items) > maxElements {
		return nil, errKind
	}
	for i := range n.items {
		hash, err := encodeHex(&n.items[i], hashSize)
		if err != nil {
			return nil, err
		}
		b = append(b, hash...)
	}
	return b, nil
}

var errIssue = fault.InvalidPayload.New("an asset is {currency}, {currency, issuer} or {mpt_issuance_id}")

// issue appends {currency}, {currency, issuer} or {mpt_issuance_id}.
func (e encoder) issue(b []byte, n *node) ([]byte, error) {
	if n.kind != '{' {
		return nil, errIssue
	}
	if id := n.get("mpt_issuance_id"); id != nil && len(n.members) == 1 {
		raw, err := encodeHex(id, issuanceSize)
		if err != nil {
			return nil, err
		}
		b = append(append(b, raw[4:]...), accountOne...)
		return binary.LittleEndian.AppendUint32(b, binary.BigEndian.Uint32(raw)), nil
	}
	code, issuer := n.get("currency"), n.get("issuer")
	if code == nil || issuer == nil && len(n.members) != 1 || issuer != nil && len(n.members) != 2 {
		return nil, errIssue
	}
	currency, err := encodeCurrency(code)
	if err != nil || isZero(currency) != (issuer == nil) {
		return nil, errIssue
	}
	b = append(b, currency...)
	if issuer == nil {
		return b, nil
	}
	owner, err := e.account(issuer)
	if err != nil {
		return nil, err
	}
	if isZero(owner) || string(owner) == accountOne {
		return nil, errIssue
	}
	return append(b, owner...), nil
}

func (e encoder) bridge(b []byte, n *node) ([]byte, error) {
	if n.kind != '{' || len(n.members) != 4 {
		return nil, errKind
	}
	for _, side := range []string{"LockingChain", "IssuingChain"} {
		door, asset := n.get(side+"Door"), n.get(side+"Issue")
		if door == nil || asset == nil {
			return nil, errKind
		}
		owner, err := e.account(door)
		if err != nil {
			return nil, err
		}
		if b, err = e.issue(append(append(b, accountSize), owner...), asset); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// paths appends arrays of arrays of steps. Beside account, currency and issuer a
// step may repeat which of them it has, as nodes write it.
func (e encoder) paths(b []byte, n *node) ([]byte, error) {
	if n.kind != '[' || len(n.items) == 0 {
		return nil, errKind
	}
	for i := range n.items {
		path := &n.items[i]
		if path.kind != '[' || len(path.items) == 0 {
			return nil, errKind
		}
		if i > 0 {
			b = append(b, pathNext)
		}
		for j := range path.items {
			var err error
			if b, err = e.step(b, &path.items[j]); err != nil {
				return nil, err
			}
		}
	}
	return append(b, pathsEnd), nil
}

func (e encoder) step(b []byte, n *node) ([]byte, error) {
	if n.kind != '{' {
		return nil, errKind
	}
	at := len(b)
	b = append(b, 0)
	known := 0
	for _, part := range []struct {
		name string
		flag byte
	}{{"account", stepAccount}, {"currency", stepCurrency}, {"issuer", stepIssuer}} {
		value := n.get(part.name)
		if value == nil {
			continue
		}
		read := e.account
		if part.flag == stepCurrency {
			read = encodeCurrency
		}
		contents, err := read(value)
		if err != nil {
			return nil, in(part.name, err)
		}
		b = append(b, contents...)
		b[at] |= part.flag
		known++
	}
	if kind := n.get("type"); kind != nil {
		if kind.text != strconv.Itoa(int(b[at])) {
			return nil, fault.InvalidPayload.New("a step of a path whose type is not what it names")
		}
		known++
	}
	if kind := n.get("type_hex"); kind != nil {
		if value, err := strconv.ParseUint(kind.text, 16, 64); err != nil || value != uint64(b[at]) {
			return nil, fault.InvalidPayload.New("a step of a path whose type is not what it names")
		}
		known++
	}
	if known != len(n.members) || b[at] == 0 {
		return nil, fault.InvalidPayload.New("a step of a path with a member that no step has")
	}
	return b, nil
}
