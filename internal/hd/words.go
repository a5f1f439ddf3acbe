package hd

import (
	_ "embed"
	"strings"
)

// english is the BIP-39 list, unchanged from bitcoin/bips bip-0039/english.txt:
// 2048 words of 3 to 8 lower-case letters in alphabetical order, one per line.
//
//go:embed english.txt
var english string

const (
	wordBits    = 11 // one word of 2048
	longestWord = 8  // letters
)

// wordList is a list with each word packed into an integer. Words are parts of
// secrets, so every look-up walks through the whole list: neither its time nor
// the memory it touches says which word it was.
type wordList [1 << wordBits]uint64

func englishWords() *wordList {
	var list wordList
	i := 0
	for line := range strings.Lines(english) {
		list[i] = pack([]byte(line[:len(line)-1]))
		i++
	}
	return &list
}

// pack puts the letters of a word, in lower case, into an integer, the first into
// the highest byte. What cannot be a word gives 0, which is in no list.
func pack(word []byte) uint64 {
	if len(word) > longestWord {
		return 0
	}
	var packed uint64
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c < 'a' || c > 'z' {
			return 0
		}
		packed |= uint64(c) << (56 - 8*i)
	}
	return packed
}

// number is the place of a word in the list, or false.
func (l *wordList) number(word []byte) (number int, ok bool) {
	wanted := pack(word)
	found := uint64(0)
	for i, packed := range l {
		same := isZero(packed ^ wanted)
		number |= i & -int(same)
		found |= same
	}
	return number, found == 1
}

// append appends the word of that number, 0 to 2047.
func (l *wordList) append(b []byte, number int) []byte {
	var packed uint64
	for i, candidate := range l {
		packed |= candidate & -isZero(uint64(i^number))
	}
	for ; packed != 0; packed <<= 8 {
		b = append(b, byte(packed>>56))
	}
	return b
}

// isZero is 1 for 0 and 0 for everything else, without a branch.
func isZero(x uint64) uint64 { return 1 ^ (x|-x)>>63 }
