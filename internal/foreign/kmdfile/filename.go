package kmdfile

import "strings"

// FileName is the base name that kmd gives the file of a new wallet: the letters,
// digits, '_' and '-' of the name, a dot, the id and ".db", without the first
// part if it equals the id. Long names are cut so that the result fits into 255 bytes.
func FileName(name []byte, id string) string {
	const suffix = ".db"
	room := max(0, 255-len(id)-len(".")-len(suffix))
	var safe strings.Builder
	for _, b := range name {
		switch {
		case safe.Len() == room:
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '_', b == '-':
			safe.WriteByte(b)
		}
	}
	if safe.String() == id {
		return id + suffix
	}
	return safe.String() + "." + id + suffix
}
