package algorand

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// maxFile bounds a file with a transaction: its JSON has one number for each byte.
const maxFile = 16 * maxPayload

// ReadFile reads an unsigned transaction as tools keep it:
//
//   - msgpack of the transaction, or of {txn} as goal writes it, alone or in base64;
//   - the JSON of the transaction object of algosdk for JavaScript (version 1), for
//     payments and asset transfers.
//
// A transaction with a signature, and groups of several, are refused.
func (Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("the file has %d bytes, at most %d are read", len(data), maxFile)
	}
	raw := data
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) > 0 && trimmed[0] == '{' {
		encoded, err := readObject(trimmed)
		if err != nil {
			return chain.Request{}, err
		}
		raw = encoded
	} else if plain, err := base64.StdEncoding.Strict().DecodeString(string(trimmed)); err == nil && len(plain) > 0 {
		raw = plain
	}
	raw, err := unwrap(raw)
	if err != nil {
		return chain.Request{}, err
	}
	canonical, err := Canonicalize(raw)
	if err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormTransaction, Payload: canonical}, nil
}

// unwrap gives what stands in {txn}, which must be alone there.
func unwrap(raw []byte) ([]byte, error) {
	r := msgpack.NewReader(raw)
	count, err := r.MapHeader(len(raw))
	if err != nil {
		return nil, fault.InvalidPayload.New("the file is no transaction in msgpack, base64 or JSON")
	}
	inner := findValue(raw, "txn")
	if inner == nil {
		return raw, nil
	}
	if count != 1 {
		return nil, fault.InvalidPayload.New("the transaction is signed already, or carries more than a transaction")
	}
	if err := r.Skip(); err == nil {
		err = r.Skip()
		if err == nil {
			err = r.End()
		}
		if err == nil {
			return inner, nil
		}
	}
	return nil, fault.InvalidPayload.New("bytes after the transaction")
}

// object is algosdk's transaction object as JSON.stringify writes it. Members that say
// nothing about what is signed are read and dropped; any other name is refused.
type object struct {
	Name        string      `json:"name"`
	Tag         *nodeBuffer `json:"tag"`
	From        *objectKey  `json:"from"`
	To          *objectKey  `json:"to"`
	Amount      *uint64     `json:"amount"`
	Note        numbered    `json:"note"`
	Type        string      `json:"type"`
	FlatFee     bool        `json:"flatFee"`
	GenesisHash *nodeBuffer `json:"genesisHash"`
	Fee         uint64      `json:"fee"`
	FirstRound  uint64      `json:"firstRound"`
	LastRound   uint64      `json:"lastRound"`
	GenesisID   string      `json:"genesisID"`
	AppArgs     []numbered  `json:"appArgs"`
	Lease       numbered    `json:"lease"`
	AssetIndex  *uint64     `json:"assetIndex"`
	CloseTo     *objectKey  `json:"closeRemainderTo"`
	Revoked     *objectKey  `json:"assetRevocationTarget"`
	RekeyTo     *objectKey  `json:"reKeyTo"`
	Group       *nodeBuffer `json:"group"`
}

// objectKey is an address as the SDK holds it.
type objectKey struct {
	PublicKey numbered `json:"publicKey"`
	Checksum  numbered `json:"checksum"`
}

// nodeBuffer is how Node writes a Buffer.
type nodeBuffer struct {
	Type string   `json:"type"`
	Data []uint16 `json:"data"` // a number for each byte
}

// bytes gives what the buffer holds.
func (b *nodeBuffer) bytes() ([]byte, error) {
	out := make([]byte, len(b.Data))
	for i, n := range b.Data {
		if n > 0xff {
			return nil, fault.InvalidPayload.New("transaction: %d is no byte", n)
		}
		out[i] = byte(n)
	}
	return out, nil
}

// numbered is how JavaScript writes a Uint8Array: {"0":1,"1":2}.
type numbered map[string]uint8

// bytes gives the array; the numbers must be 0, 1, 2 and so on.
func (n numbered) bytes() ([]byte, error) {
	out := make([]byte, len(n))
	for key, value := range n {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(n) || strconv.Itoa(i) != key {
			return nil, fault.InvalidPayload.New("transaction: an array of bytes is not numbered from 0")
		}
		out[i] = value
	}
	return out, nil
}

// readObject writes the object as msgpack, which is then checked as any other.
func readObject(data []byte) ([]byte, error) {
	var o object
	if err := json.Unmarshal(data, &o, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.InvalidPayload.Wrap(err, "the file is no transaction object of algosdk, or has members that are not known")
	}
	if o.Type != typePayment && o.Type != typeAssetMove || len(o.AppArgs) > 0 {
		return nil, fault.Unsupported.New("transaction objects of type %q are not read; keep the transaction as msgpack", o.Type)
	}
	if o.Tag != nil {
		if tag, err := o.Tag.bytes(); err != nil || string(tag) != prefixTransaction {
			return nil, fault.InvalidPayload.New("transaction: the tag is not TX")
		}
	}
	to, amount, closeTo := fieldReceiver, fieldAmount, fieldCloseTo
	if o.Type == typeAssetMove {
		to, amount, closeTo = fieldAssetReceiver, fieldAssetAmount, fieldAssetCloseTo
	} else if o.AssetIndex != nil || o.Revoked != nil {
		return nil, fault.InvalidPayload.New("transaction: a payment with the members of an asset transfer")
	}
	w := objectWriter{}
	w.text(fieldType, o.Type)
	w.text(fieldGenesisID, o.GenesisID)
	w.number(fieldFee, &o.Fee)
	w.number(fieldFirstValid, &o.FirstRound)
	w.number(fieldLastValid, &o.LastRound)
	w.number(fieldXferAsset, o.AssetIndex)
	w.number(amount, o.Amount)
	w.account(fieldSender, o.From)
	w.account(to, o.To)
	w.account(closeTo, o.CloseTo)
	w.account(fieldAssetSender, o.Revoked)
	w.account(fieldRekeyTo, o.RekeyTo)
	w.array(fieldNote, o.Note)
	w.array(fieldLease, o.Lease)
	w.buffer(fieldGenesisHash, o.GenesisHash)
	w.buffer(fieldGroup, o.Group)
	if w.err != nil {
		return nil, w.err
	}
	return append(msgpack.AppendMapHeader(nil, w.count), w.out...), nil
}

// objectWriter collects pairs of a map, leaving out what is empty.
type objectWriter struct {
	out   []byte
	count int
	err   error
}

func (w *objectWriter) name(f fieldID) {
	w.count++
	w.out = msgpack.AppendText(w.out, transactionFields[f].name)
}

func (w *objectWriter) text(f fieldID, s string) {
	if s != "" {
		w.name(f)
		w.out = msgpack.AppendText(w.out, s)
	}
}

func (w *objectWriter) number(f fieldID, n *uint64) {
	if n != nil && *n != 0 {
		w.name(f)
		w.out = msgpack.AppendUint(w.out, *n)
	}
}

func (w *objectWriter) binary(f fieldID, b []byte) {
	if len(b) > 0 {
		w.name(f)
		w.out = msgpack.AppendBinary(w.out, b)
	}
}

func (w *objectWriter) array(f fieldID, n numbered) {
	b, err := n.bytes()
	if err != nil {
		w.err = err
	}
	w.binary(f, b)
}

func (w *objectWriter) buffer(f fieldID, b *nodeBuffer) {
	if b == nil {
		return
	}
	data, err := b.bytes()
	if err != nil {
		w.err = err
	}
	w.binary(f, data)
}

// account writes a public key; its checksum must fit where it is given.
func (w *objectWriter) account(f fieldID, k *objectKey) {
	if k == nil {
		return
	}
	key, err := k.PublicKey.bytes()
	if err == nil && len(key) != len(Address{}) {
		err = fault.InvalidPayload.New("transaction: an address of %d bytes", len(key))
	}
	sum, sumErr := k.Checksum.bytes()
	if err == nil && sumErr == nil && len(sum) > 0 && !bytes.Equal(sum, Address(key).checksum()) {
		err = fault.InvalidPayload.New("transaction: the checksum of an address is wrong")
	}
	if err = errors.Join(err, sumErr); err != nil {
		w.err = err
		return
	}
	w.binary(f, key)
}
