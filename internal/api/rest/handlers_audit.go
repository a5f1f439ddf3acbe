package rest

import (
	"strconv"

	"strongroom/internal/audit"
	"strongroom/internal/fault"
)

// maxTail bounds how many records one answer holds.
const maxTail = 10_000

// Records is the answer to GET /v1/audit, oldest record first.
type Records struct {
	Records []audit.Record `json:"records"`
}

func (c *call) auditTail() (any, error) {
	n := 20
	if text := c.r.URL.Query().Get("n"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > maxTail {
			return nil, fault.Invalid.New("the number of records must be between 1 and %d", maxTail)
		}
	}
	records, err := c.cfg.Gate.AuditTail(c.ctx, c.caller, n)
	return Records{Records: records}, err
}

func (c *call) auditVerify() (any, error) {
	report, err := c.cfg.Gate.AuditVerify(c.ctx, c.caller)
	if err != nil {
		return nil, err
	}
	return ShowReport(report), nil
}
