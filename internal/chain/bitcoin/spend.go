package bitcoin

import (
	"bytes"
	"crypto/sha256"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// spend is an input: what it spends, and whether that is signed here.
type spend struct {
	known   bool // amount and script are known
	proved  bool // by the previous transaction
	amount  int64
	script  []byte
	kind    scriptKind
	program []byte

	redeem  []byte // the script behind P2SH
	witness []byte // the script behind P2WSH
	final   bool   // it has a final script already
	signed  bool   // here
}

// order is a request to sign a PSBT while it is taken apart.
type order struct {
	c       *Chain
	form    string
	packet  *packet
	context Context
	keys    []candidate
	spends  []spend
	jobs    []job
}

// decodePSBT understands the forms "transaction" and "psbt".
func (c Chain) decodePSBT(req chain.Request) (*chain.Intent, error) {
	o, err := c.readOrder(req.Form, bytes.Clone(req.Payload), req.Context)
	if err != nil {
		return nil, err
	}
	var named []curve.PublicKey
	if req.Signer.IsZero() && len(req.Signers) == 0 {
		named = o.named()
	}
	if o.keys, err = candidates(req, named); err != nil {
		return nil, err
	}
	if err := o.assign(); err != nil {
		return nil, err
	}
	tasks, err := o.tasks()
	if err != nil {
		return nil, err
	}
	return o.intent(tasks)
}

// readOrder reads and checks all of a request that does not depend on keys. It keeps
// payload.
func (c *Chain) readOrder(form string, payload, context []byte) (*order, error) {
	p, err := c.parsePacket(payload, true)
	if err != nil {
		return nil, err
	}
	o := &order{c: c, form: form, packet: p}
	if o.context, err = DecodeContext(context); err != nil {
		return nil, err
	}
	o.spends = make([]spend, len(p.inputs))
	if o.context.Amounts != nil {
		return o, o.takeAmounts()
	}
	sum := int64(0)
	for i := range p.inputs {
		if err := o.readSpend(i); err != nil {
			return nil, err
		}
		if sum += o.spends[i].amount; !c.isMoney(sum) {
			return nil, fault.InvalidPayload.New("the inputs have amounts that cannot be")
		}
	}
	return o, nil
}

// takeAmounts takes the amounts of the inputs from the context, which then says all
// that is known of them.
func (o *order) takeAmounts() error {
	if !o.c.params.ForkID || o.form != FormTransaction {
		return fault.InvalidPayload.New("amounts beside the transaction are for transactions of Bitcoin Cash only")
	}
	if len(o.context.Amounts) != len(o.spends) {
		return fault.InvalidPayload.New("%d amounts for %d inputs", len(o.context.Amounts), len(o.spends))
	}
	sum := int64(0)
	for i, amount := range o.context.Amounts {
		if len(o.packet.inputs[i]) > 0 {
			return fault.InvalidPayload.New("input %d is described in the PSBT and beside it", i)
		}
		if sum += amount; !o.c.isMoney(amount) || !o.c.isMoney(sum) {
			return fault.InvalidPayload.New("the inputs have amounts that cannot be")
		}
		o.spends[i] = spend{known: true, amount: amount, kind: p2pkh}
	}
	return nil
}

// readSpend finds out what input i spends, and checks what is said about it.
func (o *order) readSpend(i int) error {
	f, s := o.packet.inputs[i], &o.spends[i]
	s.final = f.get(inFinalScript) != nil || f.get(inFinalWitness) != nil
	if previous := f.get(inPreviousTx); previous != nil {
		var ok bool
		if s.amount, s.script, ok = spentOutput(previous, o.packet.tx.TxIn[i].PreviousOutPoint); !ok {
			return fault.InvalidPayload.New("the previous transaction of input %d is another one than it spends, or has witnesses", i)
		}
		s.known, s.proved = true, true
	}
	if value := f.get(inWitnessUTXO); value != nil {
		amount, script, _ := decodeOutput(value)
		if s.known && (amount != s.amount || !bytes.Equal(script, s.script)) {
			return fault.InvalidPayload.New("the PSBT says two things about what input %d spends", i)
		}
		s.known, s.amount, s.script = true, amount, script
	}
	if !o.c.isMoney(s.amount) {
		return fault.InvalidPayload.New("input %d has an amount that cannot be", i)
	}
	s.kind, s.program = o.c.kindOf(s.script)
	s.redeem, s.witness = f.get(inRedeem), f.get(inWitnessScript)
	if !s.known {
		return nil
	}
	return s.checkScripts(i)
}

// checkScripts checks that the scripts behind hashes are those that were hashed.
func (s *spend) checkScripts(i int) error {
	kind, program := s.kind, s.program
	if s.redeem != nil {
		if kind != p2sh || !isHashOf(program, s.redeem) {
			return fault.InvalidPayload.New("the redeem script of input %d is not the one that it spends", i)
		}
		kind, program = classify(s.redeem)
	}
	if s.witness != nil {
		sum := sha256.Sum256(s.witness)
		if kind != p2wsh || !bytes.Equal(program, sum[:]) {
			return fault.InvalidPayload.New("the witness script of input %d is not the one that it spends", i)
		}
	}
	if len(s.redeem) > sizeOfScript || len(s.witness) > sizeOfScript {
		return fault.TooLarge.New("a script of input %d of more than %d bytes", i, sizeOfScript)
	}
	return nil
}
