package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Approvals lists what waits for an approval and has a number above after. With wait, at
// most a minute, it waits until there is something.
func (c *Client) Approvals(ctx context.Context, after uint64, wait time.Duration) ([]Approval, error) {
	out, err := send[Approvals](ctx, c, http.MethodGet, fmt.Sprintf("/v1/approvals?after=%d&wait=%s", after, wait), nil)
	return out.Approvals, err
}

// Answer approves or denies what waits. Errors: fault.Conflict for what does not wait,
// or no longer.
func (c *Client) Answer(ctx context.Context, id uint64, approve bool) error {
	verb := "deny"
	if approve {
		verb = "approve"
	}
	_, err := send[nothing](ctx, c, http.MethodPost, fmt.Sprintf("/v1/approvals/%d/%s", id, verb), nil)
	return err
}
