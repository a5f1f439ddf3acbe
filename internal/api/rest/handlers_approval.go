package rest

import (
	"context"
	"strconv"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// maxWait bounds how long a request for approvals waits until there is one.
const maxWait = time.Minute

func approvalRoutes() map[string]func(*call) (any, error) {
	return map[string]func(*call) (any, error){
		"GET /v1/approvals":               (*call).approvals,
		"POST /v1/approvals/{id}/approve": (*call).approve,
		"POST /v1/approvals/{id}/deny":    (*call).deny,
	}
}

// approvals lists what waits: with after, what is newer than that; with wait, as soon as
// there is something, or empty after that time.
func (c *call) approvals() (any, error) {
	query := c.r.URL.Query()
	var after uint64
	var wait time.Duration
	var err error
	if text := query.Get("after"); text != "" {
		if after, err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, fault.Invalid.New("after is the number of an approval")
		}
	}
	if text := query.Get("wait"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil || wait < 0 || wait > maxWait {
			return nil, fault.Invalid.New("wait is a duration of at most %s, like 30s", maxWait)
		}
	}
	ctx, stop := context.WithTimeout(c.ctx, wait)
	defer stop()
	if wait == 0 {
		ctx = c.ctx
	}
	questions, err := c.cfg.Gate.Questions(ctx, c.caller, after, wait > 0)
	if err != nil {
		return nil, err
	}
	out := Approvals{Approvals: make([]Approval, len(questions))}
	for i, q := range questions {
		out.Approvals[i] = showApproval(q)
	}
	return out, nil
}

func (c *call) approve() (any, error) { return c.answer(approval.Approve) }

func (c *call) deny() (any, error) { return c.answer(approval.Deny) }

func (c *call) answer(v approval.Verdict) (any, error) {
	if err := decode(c.body, &struct{}{}); err != nil {
		return nil, err
	}
	id, err := strconv.ParseUint(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, fault.Invalid.New("an approval is named by its number")
	}
	return struct{}{}, c.cfg.Gate.Answer(c.ctx, c.caller, id, v)
}
