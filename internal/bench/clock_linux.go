package bench

import (
	"time"

	"golang.org/x/sys/unix"

	"strongroom/internal/fault"
)

// ClockSource says where processor times come from.
const ClockSource = "clock_gettime on the process's CPU clock (nanoseconds; user and system time of all threads, ended ones too)"

// processTime is the processor time that a process has used so far.
//
// The clock id is the one that clock_getcpuclockid(3) makes of a process id: the
// complement of the id, shifted by three bits for the kind of clock, of which 2
// (CPUCLOCK_SCHED) is the scheduler's own account of the whole process.
func processTime(pid int) (time.Duration, error) {
	const schedulerClock = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedulerClock), &t); err != nil {
		return 0, fault.Internal.Wrap(err, "the processor time of process %d can not be read", pid)
	}
	return time.Duration(t.Nano()), nil
}
