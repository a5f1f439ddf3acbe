package antelope

import (
	"math"

	"strongroom/internal/chain"
	"strongroom/internal/codec/antelope"
)

// authority is who may act with a permission: any of them whose weights together
// reach the threshold.
type authority struct {
	threshold uint32
	holders   []holder
}

// holder is a key, another account's permission, or the passing of time.
type holder struct {
	key    PublicKey
	text   string // unless it is a key: texts of keys are costly
	weight uint16
}

func readAuthority(r *antelope.Reader) authority {
	a := authority{threshold: r.Uint32()}
	for range r.Count(math.MaxUint16, minPacked+2) {
		key := readPublicKey(r)
		a.holders = append(a.holders, holder{key: key, weight: r.Uint16()})
		if r.Err() != nil {
			return a
		}
	}
	for range r.Count(math.MaxUint16, minPermission+2) {
		p := Permission{r.Name(), r.Name()}
		a.holders = append(a.holders, holder{text: p.String(), weight: r.Uint16()})
	}
	for range r.Count(math.MaxUint16, 4+2) {
		wait := decimal(uint64(r.Uint32())) + " seconds of delay"
		a.holders = append(a.holders, holder{text: wait, weight: r.Uint16()})
	}
	return a
}

// authority shows who gets a permission of account, one effect for each holder.
func (d *description) authority(account, permission Name, a authority, detail string) {
	e := chain.Effect{Kind: chain.Authority, From: account.String(), Subject: permission.String()}
	if len(a.holders) == 0 {
		e.Detail = d.detail(detail, "nobody can act with it")
		d.add(e)
	}
	for _, h := range a.holders {
		if e.To = h.text; !h.key.IsZero() && d.listed() {
			e.To = h.key.String()
		}
		e.Detail = d.detail(detail, "weight "+decimal(uint64(h.weight))+" of "+decimal(uint64(a.threshold)))
		d.add(e)
	}
}

// authorizedBy reads the member that later system contracts let follow: the
// permission that the caller means to use. The network's own handler ignores it.
func authorizedBy(r *antelope.Reader) {
	if r.Remaining() == 8 {
		r.Name()
	}
}

// updateauth(account, permission, parent, auth)
func describeUpdateAuth(d *description, r *antelope.Reader) Name {
	account, permission, parent := r.Name(), r.Name(), r.Name()
	a := readAuthority(r)
	authorizedBy(r)
	d.authority(account, permission, a, "updateauth, below "+quote(parent.String()))
	return account
}

// deleteauth(account, permission)
func describeDeleteAuth(d *description, r *antelope.Reader) Name {
	account, permission := r.Name(), r.Name()
	authorizedBy(r)
	d.add(chain.Effect{Kind: chain.Authority, From: account.String(), Subject: permission.String(), Detail: d.detail("deleteauth")})
	return account
}

// linkauth(account, code, type, requirement)
func describeLinkAuth(d *description, r *antelope.Reader) Name {
	account, code, action, requirement := r.Name(), r.Name(), r.Name(), r.Name()
	authorizedBy(r)
	d.add(chain.Effect{
		Kind: chain.Authority, From: account.String(), To: Permission{account, requirement}.String(),
		Subject: linked(code, action), Detail: d.detail("linkauth"),
	})
	return account
}

// unlinkauth(account, code, type)
func describeUnlinkAuth(d *description, r *antelope.Reader) Name {
	account, code, action := r.Name(), r.Name(), r.Name()
	authorizedBy(r)
	d.add(chain.Effect{Kind: chain.Authority, From: account.String(), Subject: linked(code, action), Detail: d.detail("unlinkauth")})
	return account
}

// linked names the actions that a link is about; the empty name means all.
func linked(code, action Name) string {
	if action == 0 {
		return code.String() + ":*"
	}
	return code.String() + ":" + action.String()
}

// newaccount(creator, name, owner, active)
func describeNewAccount(d *description, r *antelope.Reader) Name {
	creator, account := r.Name(), r.Name()
	owner, active := readAuthority(r), readAuthority(r)
	const ownerName, activeName = Name(0xa726ab8000000000), Name(0x3232eda800000000)
	detail := "newaccount of " + quote(creator.String())
	d.authority(account, ownerName, owner, detail)
	d.authority(account, activeName, active, detail)
	return creator
}

// setcode(account, vmtype, vmversion, code)
func describeSetCode(d *description, r *antelope.Reader) Name {
	account, vmType, vmVersion, code := r.Name(), r.Uint8(), r.Uint8(), r.Bytes(maxPayload)
	if vmType != 0 || vmVersion != 0 {
		d.opaque(chain.Effect{Subject: d.target(), Detail: "unknown kind of code"})
	}
	d.deploy(account, code)
	return account
}

// setabi(account, abi)
func describeSetABI(d *description, r *antelope.Reader) Name {
	account, abi := r.Name(), r.Bytes(maxPayload)
	d.deploy(account, abi)
	return account
}

// deploy shows code or an interface that replaces an account's.
func (d *description) deploy(account Name, code []byte) {
	e := chain.Effect{
		Kind: chain.Deploy, From: account.String(), Subject: d.action.Name.String(),
		Detail: d.detail(decimal(uint64(len(code))) + " bytes"),
	}
	if len(code) == 0 {
		e.Kind, e.Detail = chain.Destroy, d.detail("removes what is there")
	}
	d.add(e)
}
