package flow

import (
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// Transfer is a transfer as Tatum's pending transactions ask for it, with what nodes say
// besides.
type Transfer struct {
	Account     string   // whose tokens move: address
	To          string   // address
	Amount      string   // of whole tokens, with at most eight digits behind a point
	Currency    string   // "FLOW" or "FUSD"
	Reference   [32]byte // id of the latest final block
	Proposer    Address
	ProposerKey uint32
	Sequence    uint64 // sequence number of that key
	Payer       Address
}

// transferGas is the limit that Tatum's library sets.
const transferGas = 9999

// BuildTransfer makes the transaction of a transfer with the script that Tatum's
// library uses. That is written in Cadence before 1.0: the networks no longer run it.
// Errors: fault.InvalidAddress, fault.InvalidPayload, fault.Unsupported for another
// currency or a network whose contracts are not known.
func (c Chain) BuildTransfer(n Transfer) (*Transaction, error) {
	from, err := ParseAddress(n.Account)
	if err != nil {
		return nil, err
	}
	to, err := ParseAddress(n.To)
	if err != nil {
		return nil, err
	}
	whole, fraction, _ := strings.Cut(n.Amount, ".")
	if len(fraction) > 8 {
		return nil, fault.InvalidPayload.New("transfer: the amount has more than eight digits behind the point")
	}
	amount := whole + "." + fraction + "00000000"[len(fraction):]
	if _, ok := units(amount); !ok || strings.HasSuffix(n.Amount, ".") {
		return nil, fault.InvalidPayload.New("transfer: the amount is no number of tokens")
	}
	script, err := c.transferScript(n.Currency)
	if err != nil {
		return nil, err
	}
	return &Transaction{
		Script:    []byte(script),
		Arguments: [][]byte{[]byte(`{"type":"UFix64","value":"` + amount + `"}`), []byte(`{"type":"Address","value":` + strconv.Quote(to.String()) + `}`)},
		Reference: n.Reference, GasLimit: transferGas,
		Proposer: n.Proposer, ProposerKey: n.ProposerKey, Sequence: n.Sequence, Payer: n.Payer,
		Authorizers: []Address{from},
	}, nil
}

// transferScript is the script byte for byte: its id is part of what is signed.
func (c Chain) transferScript(currency string) (string, error) {
	contract, vault := "", ""
	switch currency {
	case symbol:
		contract, vault = "FlowToken", "flowToken"
	case "FUSD":
		contract, vault = "FUSD", "fusd"
	}
	token, ok := c.contracts[contract]
	if !ok {
		return "", fault.Unsupported.New("transfer: no script for %q on this network", currency)
	}
	return strings.NewReplacer("{fungible}", c.contracts["FungibleToken"].String(), "{contract}", contract, "{token}", token.String(), "{vault}", vault).Replace(
		`import FungibleToken from {fungible}
import {contract} from {token}

transaction(amount: UFix64, recipient: Address) {
let sentVault: @FungibleToken.Vault
prepare(signer: AuthAccount) {
  let vaultRef = signer.borrow<&{contract}.Vault>(from: /storage/{vault}Vault)
    ?? panic("failed to borrow reference to sender vault")

  self.sentVault <- vaultRef.withdraw(amount: amount)
}

execute {
  let receiverRef =  getAccount(recipient)
    .getCapability(/public/{vault}Receiver)
    .borrow<&{FungibleToken.Receiver}>()
      ?? panic("failed to borrow reference to recipient vault")

  receiverRef.deposit(from: <-self.sentVault)
}
}`), nil
}
