package hd

import (
	"bytes"
	"crypto/sha512"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	algorandKeyWords = 24 // ⌈256 / 11⌉
	algorandWords    = algorandKeyWords + 1
	// lastWordBits of the last key word carry data, the others must be zero.
	lastWordBits = 8*KeySize - (algorandKeyWords-1)*wordBits

	maxWordsText = 4096 // bytes; generous with space, far above 25 words
)

// AlgorandWords writes a key of [KeySize] bytes as Algorand's 25 English words,
// separated by single spaces. A wallet's words encode its master derivation key,
// an account's words its Ed25519 seed; nothing tells the two apart. The caller
// wipes the result.
//
// The key is read as a stream of bits, lowest first, in groups of 11; the 25th
// word is the low 11 bits of the first two bytes, little-endian, of its
// SHA-512/256 (go-algorand: crypto/passphrase).
func AlgorandWords(key []byte) (secret.Bytes, error) {
	if len(key) != KeySize {
		return secret.Bytes{}, fault.Invalid.New("25 words encode %d bytes, not %d", KeySize, len(key))
	}
	text := make([]byte, 0, algorandWords*(longestWord+1))
	list := englishWords()
	secret.Do(func() {
		var pending, bits uint32
		for _, b := range key {
			pending |= uint32(b) << bits
			if bits += 8; bits >= wordBits {
				text = append(list.append(text, int(pending&(1<<wordBits-1))), ' ')
				pending >>= wordBits
				bits -= wordBits
			}
		}
		text = append(list.append(text, int(pending)), ' ')
		text = list.append(text, algorandChecksum(key))
	})
	return secret.New(text), nil
}

// ParseAlgorandWords writes the key that 25 words encode into dst, which must have
// [KeySize] bytes; after an error dst is all zero. Words may be separated by any
// ASCII white space and be in upper case, as people type them; abbreviations are
// refused. Errors are fault.Invalid (fault.TooLarge for a text that is far too
// long) and say which word is wrong by its position.
func ParseAlgorandWords(dst []byte, words secret.Bytes) error {
	clear(dst)
	if len(dst) != KeySize {
		return fault.Invalid.New("25 words encode %d bytes, not %d", KeySize, len(dst))
	}
	if words.Len() > maxWordsText {
		return fault.TooLarge.New("a phrase of %d words cannot have %d bytes", algorandWords, words.Len())
	}
	// Positions only, so that nothing secret leaves secret.Do but dst.
	var count, unknown int
	var sound bool
	list := englishWords()
	secret.Do(func() {
		var numbers [algorandWords]int
		defer clear(numbers[:])
		for rest := words.Expose(); ; {
			var word []byte
			if word, rest = nextWord(rest); len(word) == 0 {
				break
			}
			if count++; count > algorandWords {
				continue
			}
			number, ok := list.number(word)
			if !ok && unknown == 0 {
				unknown = count
			}
			numbers[count-1] = number
		}
		if count == algorandWords && unknown == 0 {
			sound = joinAlgorand(dst, &numbers)
		}
	})
	switch {
	case count != algorandWords:
		return fault.Invalid.New("the phrase has %d words; it must have %d", count, algorandWords)
	case unknown != 0:
		return fault.Invalid.New("word %d of the phrase is not in the english word list", unknown).
			WithHint("check its spelling; every word must be written out")
	case !sound:
		clear(dst)
		return fault.Invalid.New("the words are all known but do not belong together: the checksum is wrong").
			WithHint("look for a wrong word or two words in the wrong order")
	}
	return nil
}

// joinAlgorand writes the key of the numbered words into dst and reports whether
// its last bits and its checksum are right.
func joinAlgorand(dst []byte, numbers *[algorandWords]int) bool {
	var pending, bits uint32
	n := 0
	for _, number := range numbers[:algorandKeyWords] {
		pending |= uint32(number) << bits
		for bits += wordBits; bits >= 8 && n < KeySize; bits -= 8 {
			dst[n] = byte(pending)
			pending >>= 8
			n++
		}
	}
	return numbers[algorandKeyWords-1]>>lastWordBits == 0 && numbers[algorandKeyWords] == algorandChecksum(dst)
}

func algorandChecksum(key []byte) int {
	hash := sha512.Sum512_256(key)
	return (int(hash[0]) | int(hash[1])<<8) & (1<<wordBits - 1)
}

// nextWord splits the first word off text; it is empty at the end.
func nextWord(text []byte) (word, rest []byte) {
	const space = " \t\r\n\v\f"
	text = bytes.TrimLeft(text, space)
	end := bytes.IndexAny(text, space)
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}
