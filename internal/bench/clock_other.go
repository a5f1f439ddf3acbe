//go:build !linux

package bench

import "time"

// ClockSource says where processor times come from.
const ClockSource = "not available on this system: processor times are 0"

// processTime is always 0 here; the report then shows rates only.
func processTime(int) (time.Duration, error) { return 0, nil }
