package hd

import (
	"bytes"
	"crypto/sha256"
	"unicode"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Sizes of BIP-39 ("Generating the mnemonic"): three words for each four bytes.
const (
	minEntropy       = 16 // bytes: 12 words
	maxEntropy       = 32 // bytes: 24 words
	minMnemonicWords = minEntropy * 3 / 4
	maxMnemonicWords = maxEntropy * 3 / 4
)

// NewMnemonic writes entropy of 16, 20, 24, 28 or 32 bytes as the 12, 15, 18, 21 or
// 24 English words of BIP-39, in lower case with one space between. The caller wipes
// the result. The entropy must be random; nothing here can see whether it is.
func NewMnemonic(entropy []byte) (secret.Bytes, error) {
	if n := len(entropy); n < minEntropy || n > maxEntropy || n%4 != 0 {
		return secret.Bytes{}, fault.Invalid.New("words encode 16, 20, 24, 28 or 32 bytes, not %d", n)
	}
	text := make([]byte, 0, maxMnemonicWords*(longestWord+1))
	list := englishWords()
	secret.Do(func() {
		var pending, bits uint32
		for _, b := range entropy {
			pending = pending<<8 | uint32(b)
			if bits += 8; bits >= wordBits {
				bits -= wordBits
				text = append(list.append(text, int(pending>>bits&(1<<wordBits-1))), ' ')
			}
		}
		// The checksum fills the last word.
		pending = pending<<(wordBits-bits) | uint32(mnemonicChecksum(entropy))
		text = list.append(text, int(pending&(1<<wordBits-1)))
	})
	return secret.New(text), nil
}

// ParseMnemonic checks the words of BIP-39 and their checksum, and gives the text as
// [NewMnemonic] writes it, which is the one that its seed is made of. Words may be
// separated by any white space and be in upper case, as people type them;
// abbreviations are refused. The caller wipes the result.
//
// Errors are fault.Invalid (fault.TooLarge for a text that is far too long) and say
// which word is wrong by its position.
func ParseMnemonic(words secret.Bytes) (secret.Bytes, error) {
	entropy := make([]byte, maxEntropy)
	defer clear(entropy)
	n, err := MnemonicEntropy(entropy, words)
	if err != nil {
		return secret.Bytes{}, err
	}
	return NewMnemonic(entropy[:n])
}

// MnemonicEntropy writes the entropy that words encode into dst, which must have room
// for 32 bytes, and gives its length. It takes what [ParseMnemonic] takes, with the
// same errors; the rest of dst, and all of it after an error, is zero.
func MnemonicEntropy(dst []byte, words secret.Bytes) (int, error) {
	clear(dst)
	if len(dst) < maxEntropy {
		return 0, fault.Invalid.New("words encode up to %d bytes, and there is room for %d", maxEntropy, len(dst))
	}
	if words.Len() > maxWordsText {
		return 0, fault.TooLarge.New("a phrase of at most %d words cannot have %d bytes", maxMnemonicWords, words.Len())
	}
	// Positions only, so that nothing secret leaves secret.Do but dst.
	var count, unknown, size int
	var sound bool
	list := englishWords()
	secret.Do(func() {
		var numbers [maxMnemonicWords]int
		defer func() { clear(numbers[:]) }()
		for rest := words.Expose(); ; {
			var word []byte
			if word, rest = nextUnicodeWord(rest); len(word) == 0 {
				break
			}
			if count++; count > len(numbers) {
				continue
			}
			number, ok := list.number(word)
			if !ok && unknown == 0 {
				unknown = count
			}
			numbers[count-1] = number
		}
		if isMnemonicLength(count) && unknown == 0 {
			size = count / 3 * 4
			sound = joinMnemonic(dst[:size], numbers[:count])
		}
	})
	switch {
	case !isMnemonicLength(count):
		return 0, fault.Invalid.New("the phrase has %d words; it must have 12, 15, 18, 21 or 24", count)
	case unknown != 0:
		return 0, fault.Invalid.New("word %d of the phrase is not in the english word list", unknown).
			WithHint("check its spelling; every word must be written out")
	case !sound:
		clear(dst)
		return 0, fault.Invalid.New("the words are all known but do not belong together: the checksum is wrong").
			WithHint("look for a wrong word or two words in the wrong order")
	}
	return size, nil
}

func isMnemonicLength(count int) bool {
	return minMnemonicWords <= count && count <= maxMnemonicWords && count%3 == 0
}

// joinMnemonic writes the entropy of the numbered words into dst and reports whether
// their checksum is right.
func joinMnemonic(dst []byte, numbers []int) bool {
	var pending, bits uint32
	n := 0
	for _, number := range numbers {
		pending = pending<<wordBits | uint32(number)
		for bits += wordBits; bits >= 8 && n < len(dst); n++ {
			bits -= 8
			dst[n] = byte(pending >> bits)
		}
	}
	// What is left are the bits of the checksum.
	return int(pending&(1<<bits-1)) == mnemonicChecksum(dst)
}

// mnemonicChecksum is the first bits of the entropy's SHA-256, one for each four bytes.
func mnemonicChecksum(entropy []byte) int {
	hash := sha256.Sum256(entropy)
	return int(hash[0] >> (8 - len(entropy)/4))
}

// nextUnicodeWord splits the first word off text; it is empty at the end. Some input
// methods write other spaces than ASCII's.
func nextUnicodeWord(text []byte) (word, rest []byte) {
	text = bytes.TrimLeftFunc(text, unicode.IsSpace)
	end := bytes.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}
