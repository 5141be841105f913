package app

import (
	"errors"
	"os"
	"syscall"
)

// The numbers of errors that the syscall package does not name on this system.
const (
	sharingViolation = syscall.Errno(32)
	diskFull         = syscall.Errno(112)
	addressInUse     = syscall.Errno(10048)
)

// exclusive opens the file so that nobody else may open it.
func exclusive(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

func full(err error) bool { return errors.Is(err, diskFull) }

// room is not asked here: the system says it when a write fails.
func room(string) (int64, bool) { return 0, false }

func taken(err error) bool { return errors.Is(err, addressInUse) || errors.Is(err, syscall.EADDRINUSE) }
