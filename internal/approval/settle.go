package approval

import (
	"context"
	"fmt"
	"sync"

	"strongroom/internal/fault"
)

// once wraps a Settle, which may be nil, so that only the first call of it does
// anything. A later call with a result fails if the first had none or failed: what was
// not settled must not be given away.
func once(settle func(context.Context, []byte) error) func(context.Context, []byte) error {
	var mu sync.Mutex
	var done, released bool
	return func(ctx context.Context, result []byte) error {
		mu.Lock()
		defer mu.Unlock()
		if done {
			if result != nil && !released {
				return fault.Internal.New("the approval has been given back already")
			}
			return nil
		}
		done = true
		if settle == nil {
			released = result != nil
			return nil
		}
		err := guarded(ctx, settle, result)
		released = err == nil && result != nil
		return err
	}
}

// guarded calls a Settle that may panic, which is a failure.
func guarded(ctx context.Context, settle func(context.Context, []byte) error, result []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Internal.Wrap(fmt.Errorf("the approver panicked: %v", p), "the approval could not be completed")
		}
	}()
	return settle(ctx, result)
}
