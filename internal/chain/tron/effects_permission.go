package tron

import (
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// permissions replaces all permissions of the account: who may sign for it, with
// which weight, and for what.
func (d *description) permissions() {
	v := d.t.value
	d.fact("permissions", "those that are not named here end")
	d.permission(v.sub("owner"), permissionOwner)
	d.permission(v.sub("witness"), permissionWitness)
	for _, active := range v.list("actives") {
		d.permission(active.sub, permissionActive)
	}
	if owner := v.sub("owner"); owner == nil {
		d.add(chain.Effect{Kind: chain.Authority, Subject: "owner permission", Detail: "left out"})
	} else if !d.keeps(owner) {
		d.warn("The owner's own key alone can no longer act for the account by the owner permission.")
	}
	if !v.has("actives") {
		d.add(chain.Effect{Kind: chain.Authority, Subject: "active permissions", Detail: "left out"})
	}
}

// Bounds of what is described at length. The network takes 8 active permissions and 5
// keys of each.
const (
	maxActives = 8
	maxKeys    = 64
)

// checkPermissions bounds new permissions.
func checkPermissions(v *object) error {
	actives := v.list("actives")
	if len(actives) > maxActives {
		return fault.TooLarge.New("%d active permissions, at most %d are allowed", len(actives), maxActives)
	}
	all := []*object{v.sub("owner"), v.sub("witness")}
	for _, a := range actives {
		all = append(all, a.sub)
	}
	for _, p := range all {
		if p != nil && len(p.list("keys")) > maxKeys {
			return fault.TooLarge.New("a permission of %d keys, at most %d are allowed", len(p.list("keys")), maxKeys)
		}
	}
	return nil
}

// keeps reports whether the account's own key still reaches the threshold.
func (d *description) keeps(p *object) bool {
	for _, key := range p.list("keys") {
		if key.sub.address("address") == d.t.owner() && key.sub.number("weight") >= p.number("threshold") {
			return true
		}
	}
	return false
}

// permission says who gets one permission.
func (d *description) permission(p *object, expected int64) {
	if p == nil {
		return
	}
	subject := strings.ToLower(messagePermission.fields[0].names[expected]) + " permission"
	if id := p.number("id"); id != 0 {
		subject += " " + decimal(id)
	}
	if p.number("type") != expected {
		d.opaque(subject, "a permission of another type: "+p.enum("type"))
	}
	threshold := " of threshold " + decimal(p.number("threshold"))
	may := ""
	if p.has("operations") {
		may = "; may: " + operations(p.bytes("operations"))
	}
	keys := p.list("keys")
	for _, key := range keys {
		d.add(chain.Effect{
			Kind: chain.Authority, To: d.text(key.sub.address("address")), Subject: subject,
			Detail: "weight " + decimal(key.sub.number("weight")) + threshold + may,
		})
	}
	if len(keys) == 0 {
		d.add(chain.Effect{Kind: chain.Authority, Subject: subject, Detail: "without keys" + may})
	}
	if p.has("permission_name") {
		d.fact(subject, name(p.bytes("permission_name")))
	}
	if p.has("parent_id") {
		d.opaque("parent_id", "a field that has no meaning today")
	}
}

// operations names the types of contract whose bits are set, the lowest bit of the
// first byte being type 0.
func operations(bits []byte) string {
	var names []string
	for typ := range int64(8 * min(len(bits), 32)) {
		if bits[typ/8]>>(typ%8)&1 == 0 {
			continue
		}
		if name := typeName(typ); name != "" {
			names = append(names, strings.TrimSuffix(name, "Contract"))
		} else {
			names = append(names, "type "+decimal(typ))
		}
	}
	if len(bits) != 32 {
		names = append(names, "(a list of another length than the protocol's)")
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
