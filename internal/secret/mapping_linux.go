package secret

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// mapLocked prefers memfd_secret, whose pages leave the kernel's own mappings too,
// and takes mlocked anonymous memory where the kernel has or permits no secret
// memory. Both count against RLIMIT_MEMLOCK.
func mapLocked(size int) (mapping, error) {
	m, errSecret := mapMemfdSecret(size)
	if errSecret == nil {
		return m, nil
	}
	m, errLock := mapMlock(size)
	if errLock == nil {
		return m, nil
	}
	return mapping{}, refused(errors.Join(errSecret, errLock), size)
}

func mapMemfdSecret(size int) (mapping, error) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return mapping{}, fmt.Errorf("memfd_secret: %w", err)
	}
	defer unix.Close(fd) // the mapping keeps the memory alive
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return mapping{}, fmt.Errorf("memfd_secret: ftruncate: %w", err)
	}
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return mapping{}, fmt.Errorf("memfd_secret: mmap: %w", err)
	}
	// MADV_WIPEONFORK is refused for shared mappings; leaving the pages out of a
	// child does the same job.
	err = unix.Madvise(mem, unix.MADV_DONTFORK)
	if err == nil {
		err = populate(mem)
	}
	if err != nil {
		_ = unix.Munmap(mem)
		return mapping{}, fmt.Errorf("memfd_secret: %w", err)
	}
	return mapping{mem: mem, backing: "memfd_secret", unmap: func() error { return unix.Munmap(mem) }}, nil
}

// populate touches every page now, so that a system without memory shows as an
// error here and not as SIGBUS while a key is in use. (MAP_POPULATE does nothing
// for secret memory.)
func populate(mem []byte) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = errors.New("no memory for the pages")
		}
	}()
	for i := 0; i < len(mem); i += os.Getpagesize() {
		mem[i] = 0
	}
	return nil
}

func mapMlock(size int) (mapping, error) {
	mem, err := anonymous(size)
	if err != nil {
		return mapping{}, fmt.Errorf("mlock: %w", err)
	}
	if err := conceal(mem); err != nil {
		_ = unix.Munmap(mem)
		return mapping{}, err
	}
	return mapping{mem: mem, backing: "mlock", unmap: func() error { return unix.Munmap(mem) }}, nil
}

// conceal keeps pages out of core dumps and gives a forked child zeros.
func conceal(mem []byte) error {
	if err := unix.Madvise(mem, unix.MADV_DONTDUMP); err != nil {
		return fmt.Errorf("madvise(MADV_DONTDUMP): %w", err)
	}
	if err := unix.Madvise(mem, unix.MADV_WIPEONFORK); err != nil {
		return fmt.Errorf("madvise(MADV_WIPEONFORK): %w", err)
	}
	return nil
}

// lockPages locks and hides whole pages of the Go heap.
func lockPages(pages []byte) error {
	if err := unix.Mlock(pages); err != nil {
		return refused(fmt.Errorf("mlock: %w", err), len(pages))
	}
	if err := conceal(pages); err != nil {
		return errors.Join(err, unlockPages(pages))
	}
	return nil
}

// unlockPages undoes lockPages, so that the heap gets ordinary pages back.
func unlockPages(pages []byte) error {
	err := errors.Join(
		unix.Madvise(pages, unix.MADV_KEEPONFORK),
		unix.Madvise(pages, unix.MADV_DODUMP),
		unix.Munlock(pages))
	if err != nil {
		return fmt.Errorf("unlock scratch memory: %w", err)
	}
	return nil
}
