package multiversx

import (
	"bytes"
	"encoding/hex"
	"math/big"
)

// maxNumber bounds the numbers in calls: far above every supply, as in the virtual
// machine of the contracts.
const maxNumber = 100

// maxArguments bounds what a call is taken apart into. What has more is not understood.
const maxArguments = 4096

// call is what a data member asks for: function@argument@…, the arguments in hex.
type call struct {
	function string
	args     [][]byte
}

// parseCall reads the data of a transaction. It reports whether the protocol could take
// it for a call (mx-chain-vm-common-go: parsers.ParseCallData): the arguments are whole
// bytes in hex, and there is a function.
func parseCall(data []byte) (c call, ok bool) {
	name, rest, more := bytes.Cut(data, []byte("@"))
	c.function = string(name)
	if bytes.Count(rest, []byte("@")) >= maxArguments {
		return c, false
	}
	for more {
		var part []byte
		part, rest, more = bytes.Cut(rest, []byte("@"))
		arg := make([]byte, hex.DecodedLen(len(part)))
		if _, err := hex.Decode(arg, part); err != nil {
			return c, false
		}
		c.args = append(c.args, arg)
	}
	return c, len(name) > 0
}

// arg is an argument, nil where there is none.
func (c *call) arg(i int) []byte {
	if i < len(c.args) {
		return c.args[i]
	}
	return nil
}

// from is what is left of a call behind its first arguments: what a transfer carries.
func (c *call) from(i int) call {
	if i >= len(c.args) {
		return call{}
	}
	return call{function: string(c.args[i]), args: c.args[i+1:]}
}

// number is an argument as a decimal text; "" where it is absent or too long.
func (c *call) number(i int) string {
	if i >= len(c.args) || len(c.args[i]) > maxNumber {
		return ""
	}
	return new(big.Int).SetBytes(c.args[i]).String()
}

// count is a small number, -1 where it is absent or not small.
func (c *call) count(i int) int {
	if i >= len(c.args) {
		return -1
	}
	n := new(big.Int).SetBytes(c.args[i][:min(len(c.args[i]), maxNumber)])
	if len(c.args[i]) > maxNumber || !n.IsInt64() || n.Int64() > int64(len(c.args)) {
		return -1
	}
	return int(n.Int64())
}

// account is an argument that is an address, "" where it is none.
func (c *call) account(i int) string {
	if a := c.arg(i); len(a) == keySize {
		return address(a).String()
	}
	return ""
}

// token is an argument that is the identifier of a token, "" where it is none: a ticker
// of 3 to 10 capital letters and digits, a dash, six hex digits (vmcommon.ValidateToken),
// possibly with the prefix of a sovereign chain in front.
func (c *call) token(i int) string {
	id := c.arg(i)
	const random = 6
	if len(id) < random+1 || id[len(id)-random-1] != '-' {
		return ""
	}
	for _, b := range id[len(id)-random:] {
		if !(isDigit(b) || 'a' <= b && b <= 'f') {
			return ""
		}
	}
	ticker := id[:len(id)-random-1]
	if sovereign, rest, ok := bytes.Cut(ticker, []byte("-")); ok {
		if len(sovereign) == 0 || len(sovereign) > 4 {
			return ""
		}
		for _, b := range sovereign {
			if !(isDigit(b) || 'a' <= b && b <= 'z') {
				return ""
			}
		}
		ticker = rest
	}
	if len(ticker) < 3 || len(ticker) > 10 {
		return ""
	}
	for _, b := range ticker {
		if !(isDigit(b) || 'A' <= b && b <= 'Z') {
			return ""
		}
	}
	return string(id)
}

// item is a token with the nonce of an item of the collection; nonce 0 is the token
// itself. "" where either is none.
func (c *call) item(token, nonce int) string {
	id := c.token(token)
	if id == "" || nonce >= len(c.args) || len(c.args[nonce]) > 8 {
		return ""
	}
	n := bytes.TrimLeft(c.args[nonce], "\x00")
	if len(n) == 0 {
		return id
	}
	return id + "-" + hex.EncodeToString(n)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isFunction reports whether a text can be the name of a function, of the protocol's or
// of a contract's.
func isFunction(name string) bool {
	if name == "" || len(name) > 128 {
		return false
	}
	for _, c := range []byte(name) {
		if !(c == '_' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return !isDigit(name[0])
}
