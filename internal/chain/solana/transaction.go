package solana

import (
	"bytes"

	"strongroom/internal/chain"
)

func (c Chain) decodeTransaction(req chain.Request) (*chain.Intent, error) {
	m, err := parseMessage(bytes.Clone(req.Payload))
	if err != nil {
		return nil, err
	}
	kept, err := m.kept(req.Context)
	if err != nil {
		return nil, err
	}
	tasks, slots, err := m.tasks(req, kept)
	if err != nil {
		return nil, err
	}
	d := describe(&c.network, &m)
	return &chain.Intent{
		Chain:    c.network.ID,
		Form:     req.Form,
		Effects:  d.list,
		Tasks:    tasks,
		Encoding: chain.Base64,
		Facts:    d.facts,
		Warnings: d.warnings,
		Units:    d.units,
		Names:    d.names,
		Finish:   func(made [][]byte) ([]byte, error) { return m.wire(kept, slots, made) },
	}, nil
}
