package wire

// Window remembers which numbers of a caller were used. A number is good once, and not if
// it is [WindowSize] or more below the highest, so that requests may overtake each
// other. The zero value is of nothing used. It is not safe for concurrent use.
type Window struct {
	highest uint64 // 0: none; the numbers begin at 1
	used    [WindowSize / 64]uint64
}

// WindowSize is how far a number may be behind.
const WindowSize = 1024

// Use takes a number. It reports false for one that is used, too low, or 0.
func (w *Window) Use(number uint64) bool {
	if number == 0 || w.highest >= WindowSize && number <= w.highest-WindowSize {
		return false
	}
	if number > w.highest {
		w.forget(number)
		w.highest = number
	}
	word, bit := &w.used[number/64%uint64(len(w.used))], uint64(1)<<(number%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// forget clears the places of the numbers above the highest, up to number.
func (w *Window) forget(number uint64) {
	if number-w.highest >= WindowSize {
		w.used = [WindowSize / 64]uint64{}
		return
	}
	for n := w.highest + 1; n != number+1; n++ {
		w.used[n/64%uint64(len(w.used))] &^= 1 << (n % 64)
	}
}
