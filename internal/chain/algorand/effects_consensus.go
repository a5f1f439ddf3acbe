package algorand

import (
	"encoding/base64"

	"strongroom/internal/chain"
)

// keyRegistration reports taking part in consensus, leaving it, or leaving it
// for ever. A transaction that says both is refused by today's network; both
// are reported.
func (d *description) keyRegistration() {
	t := d.t
	online := t.has(fieldVoteKey) || t.has(fieldSelectionKey) || t.has(fieldStateProofKey)
	forever := t.flag(fieldNonparticipating)
	if online {
		d.add(chain.Effect{Kind: chain.Register, Subject: "consensus", Detail: phrases("online",
			"rounds "+decimal(t.uint(fieldVoteFirst))+" to "+decimal(t.uint(fieldVoteLast)),
			"vote key "+base64.StdEncoding.EncodeToString(t.bytes(fieldVoteKey)),
			"selection key "+base64.StdEncoding.EncodeToString(t.bytes(fieldSelectionKey)),
		)})
	}
	if forever {
		d.add(chain.Effect{Kind: chain.Register, Subject: "consensus", Detail: "nonparticipating for good"})
	}
	if !online && !forever {
		d.add(chain.Effect{Kind: chain.Register, Subject: "consensus", Detail: "offline"})
	}
}

func (d *description) heartbeat() {
	if !d.t.has(fieldHeartbeat) {
		d.opaque(typeHeartbeat, "heartbeat without content")
		return
	}
	account := readAddress(d.t.nested(fieldHeartbeat, "a"))
	d.add(chain.Effect{Kind: chain.Register, Subject: "consensus", To: d.text(account), Detail: "heartbeat"})
}
