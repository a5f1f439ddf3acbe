package evm

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// maxFile bounds what is read; hex doubles the bytes.
const maxFile = 2*maxPayload + 4096

// ReadFile reads an unsigned transaction, an authorization or typed data:
//
//   - the payload, or the unsigned form of ethers and web3, as bytes, hex with or
//     without 0x, or base64. A legacy transaction of six members gets the chain id of
//     the network (EIP-155), except on the generic chain, where it stays without.
//   - a JSON object of ethers, web3, viem or geth, with the members from, to, value,
//     data or input, gas or gasLimit, gasPrice, maxFeePerGas, maxPriorityFeePerGas,
//     nonce, chainId, accessList, type, maxFeePerBlobGas, blobVersionedHashes and
//     authorizationList, numbers as JSON numbers, decimal text or 0x hex. A chain id
//     that is missing is the network's. A from that is an address goes into Context,
//     so that only its key signs.
//   - a JSON object of EIP-712 ([CanonicalTypedData]).
//   - on Celo a JSON object with feeCurrency, gatewayFee or gatewayFeeRecipient, with the
//     type cip64, cip42 or celo-legacy, or without a type and with gasPrice and gasLimit
//     (fields.celoEnvelope has the rule).
//   - on Kaia a JSON object whose type is one of Kaia's, by number or name, and the bytes
//     that its libraries make: the type and the list of members, with or without
//     signatures. With those of the sender it is for the fee payer.
//   - on Harmony a JSON object with shardID and toShardID.
//
// What is signed already is refused. Errors: fault.InvalidPayload, fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are read", len(data), maxFile)
	}
	text := bytes.TrimSpace(data)
	if len(text) == 0 {
		return chain.Request{}, fault.InvalidPayload.New("the file is empty")
	}
	if text[0] == '{' && (len(text) == 1 || text[1] < 0x80) { // and no type byte with a list behind it
		return c.readJSON(text)
	}
	if raw, ok := fromText(text); ok {
		return c.readBytes(raw)
	}
	return c.readBytes(data)
}

// fromText undoes hex and base64.
func fromText(text []byte) ([]byte, bool) {
	if raw, err := hex.DecodeString(string(bytes.TrimPrefix(text, []byte(hexPrefix)))); err == nil {
		return raw, true
	}
	if raw, err := base64.StdEncoding.Strict().DecodeString(string(text)); err == nil {
		return raw, true
	}
	return nil, false
}

// readBytes finds the form of bytes, and gives a legacy transaction its chain id.
func (c Chain) readBytes(raw []byte) (chain.Request, error) {
	if len(raw) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(raw), maxPayload)
	}
	if c.params.Dialect == Kaia && isKaia(raw) {
		return c.readKaia(raw)
	}
	payload := bytes.Clone(raw)
	if len(payload) > 0 && payload[0] == authorizationMagic {
		_, err := c.readAuthorization(payload)
		return chain.Request{Form: FormAuthorization, Payload: payload}, err
	}
	t, err := c.parse(payload)
	if err != nil {
		return chain.Request{}, err
	}
	if t.envelope == legacy && t.chainID == 0 && c.params.ChainID != 0 && t.own == nil {
		t.chainID = c.params.ChainID
		payload = t.encode()
	}
	return chain.Request{Form: FormTransaction, Payload: payload}, nil
}

// readJSON tells typed data from transactions.
func (c Chain) readJSON(text []byte) (chain.Request, error) {
	object, err := readObject(text)
	if err != nil {
		return chain.Request{}, err
	}
	if _, ok := object["primaryType"]; ok {
		payload, err := CanonicalTypedData(text)
		if err != nil {
			return chain.Request{}, err
		}
		doc, err := parseTypedData(payload)
		if err == nil {
			_, err = c.readDomain(doc)
		}
		return chain.Request{Form: FormTypedData, Payload: payload}, err
	}
	if c.params.Dialect == Kaia {
		if kind, ok := kaiaKindOf(object["type"]); ok {
			return c.readKaiaJSON(object, kind)
		}
	}
	t, from, err := c.transactionOf(object)
	if err != nil {
		return chain.Request{}, err
	}
	payload := t.encode()
	if _, err := c.parse(payload); err != nil { // what the strict reader does not take, no door makes
		return chain.Request{}, err
	}
	return chain.Request{Form: FormTransaction, Payload: payload, Context: from}, nil
}
