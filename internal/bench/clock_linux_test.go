package bench

import (
	"os"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/fault"
)

// TestProcessTimeAgreesWithTheKernelsOtherAccount works for a while between two
// looks at both accounts.
func TestProcessTimeAgreesWithTheKernelsOtherAccount(t *testing.T) {
	usage := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	outer := usage()
	before, err := processTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for used := before; used-before < 50*time.Millisecond; {
		if used, err = processTime(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	if worked := usage() - outer; worked < 40*time.Millisecond {
		t.Errorf("the clock went 50 ms while the process worked %v", worked)
	}
}

func TestProcessTimeOfNobody(t *testing.T) {
	if _, err := processTime(1 << 28); !fault.Is(err, fault.Internal) { // above the kernel's largest process id
		t.Errorf("got %v", err)
	}
}
