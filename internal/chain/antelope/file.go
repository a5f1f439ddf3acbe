package antelope

import (
	"bytes"
	"encoding/hex"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// ReadFile reads an unsigned transaction as tools keep it:
//
//   - {"chain_id": …, "transaction": {…}}, the transaction as [ParseTransaction] reads it;
//   - [transaction, keys, chain id], the body of /v1/wallet/sign_transaction, whose keys
//     say nothing here;
//   - the payload of a request in hex.
//
// A transaction with signatures is refused: the result would be without them.
func (Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxJSON {
		return chain.Request{}, fault.TooLarge.New("the file has %d bytes, at most %d are read", len(data), maxJSON)
	}
	text := bytes.TrimSpace(data)
	var payload []byte
	switch {
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		id, value, err := splitFile(text)
		if err != nil {
			return chain.Request{}, err
		}
		tx, err := ParseTransaction(value)
		if err != nil {
			return chain.Request{}, err
		}
		if len(tx.Signatures) > 0 {
			return chain.Request{}, fault.InvalidPayload.New("the transaction has signatures already")
		}
		payload = tx.Payload(id)
	default:
		plain, err := hex.DecodeString(string(text))
		if err != nil {
			return chain.Request{}, fault.InvalidPayload.New("the file is neither json nor hex")
		}
		payload = plain
	}
	if len(payload) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	if _, _, err := parsePayload(payload); err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormTransaction, Payload: payload}, nil
}

// splitFile finds the chain id and the transaction in either shape.
func splitFile(text []byte) (id [32]byte, transaction []byte, err error) {
	var chainID string
	if text[0] == '[' {
		var parts []jsontext.Value
		if err := json.Unmarshal(text, &parts); err != nil || len(parts) != 3 {
			return id, nil, fault.InvalidPayload.New("the file is no list of a transaction, keys and a chain id")
		}
		if err := json.Unmarshal(parts[2], &chainID); err != nil {
			return id, nil, fault.InvalidPayload.New("the chain id is no text")
		}
		transaction = parts[0]
	} else {
		var named struct {
			ChainID     string         `json:"chain_id"`
			Transaction jsontext.Value `json:"transaction"`
		}
		if err := json.Unmarshal(text, &named, json.RejectUnknownMembers(true)); err != nil {
			return id, nil, fault.InvalidPayload.New("the file is no json object with chain_id and transaction")
		}
		chainID, transaction = named.ChainID, named.Transaction
	}
	raw, err := hex.DecodeString(chainID)
	if err != nil || len(raw) != len(id) || len(transaction) == 0 {
		return id, nil, fault.InvalidPayload.New("the chain id is not 64 hex digits, or the transaction is missing")
	}
	return [32]byte(raw), transaction, nil
}

// Preview decodes a transaction that nobody is named for yet.
func (Chain) Preview(req chain.Request) (*chain.Intent, error) {
	if req.Form != FormTransaction || len(req.Payload) > maxPayload {
		return nil, fault.Unsupported.New("only transactions are shown without a signer")
	}
	id, tx, err := parsePayload(req.Payload)
	if err != nil {
		return nil, err
	}
	return &chain.Intent{Chain: ID, Form: req.Form, Effects: tx.effects(id), Encoding: chain.Text}, nil
}
