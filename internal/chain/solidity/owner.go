package solidity

import (
	"encoding/hex"

	"strongroom/internal/chain"
)

// authority changes who may act for the contract that is called. to is who gains,
// "" where nobody does.
func (r *reading) authority(f frame, to, subject, detail string) {
	r.add(chain.Effect{Kind: chain.Authority, From: r.name(f.to), To: to, Subject: subject, Detail: detail})
}

// newAuthority names somebody for the power that the name of the function tells.
func (r *reading) newAuthority(f frame, a []value) {
	to := a[0].address()
	detail := f.name()
	if to == [20]byte{} {
		detail += ": nobody"
	}
	r.authority(f, r.name(to), powerOf(f.name()), detail)
}

// powerOf is what a function of one address gives to it.
func powerOf(function string) string {
	switch function {
	case "transferOwnership", "setOwner", "changeOwner", "addOwner", "removeOwner", "renounceOwnership":
		return "owner"
	case "setPendingOwner", "nominateNewOwner":
		return "next owner"
	case "setAdmin", "addAdmin", "changeAdmin", "transferAdmin", "acceptAdmin", "_acceptAdmin", "rely", "deny", "acceptDefaultAdminTransfer":
		return "administrator"
	case "setPendingAdmin", "_setPendingAdmin", "beginDefaultAdminTransfer":
		return "next administrator"
	case "transferProxyOwnership":
		return "owner of the proxy"
	case "setGovernance", "transferGovernance", "setGovernor", "setGov", "acceptGovernance":
		return "governance"
	case "setPendingGovernance":
		return "next governance"
	case "setAuthority":
		return "authority"
	case "setController":
		return "controller"
	case "setManager":
		return "manager"
	case "setGuardian":
		return "guardian"
	case "setOperator", "addOperator":
		return "operator"
	case "setMinter", "addMinter", "removeMinter", "renounceMinter", "configureMinter":
		return "minter"
	case "updateMasterMinter":
		return "master minter"
	case "addPauser", "updatePauser":
		return "pauser"
	case "addWhitelistAdmin":
		return "administrator of the whitelist"
	case "updateBlacklister":
		return "blacklister"
	case "updateRescuer":
		return "rescuer"
	case "enableModule", "disableModule":
		return "module"
	case "setGuard", "setModuleGuard":
		return "guard"
	case "setFallbackHandler":
		return "fallback handler"
	}
	return "owner"
}

// lessAuthority takes a power away.
func (r *reading) lessAuthority(f frame, a []value) {
	r.authority(f, "", powerOf(f.name()), "taken from "+r.name(a[0].address()))
}

func (r *reading) renounceOwnership(f frame, _ []value) {
	r.authority(f, "", powerOf(f.name()), "given up by the caller, for good")
}

// takeAuthority accepts what was offered before.
func (r *reading) takeAuthority(f frame, _ []value) {
	r.authority(f, r.from(f), powerOf(f.name()), "accepted by the caller")
}

func (r *reading) changeProxyAdmin(f frame, a []value) {
	r.add(chain.Effect{
		Kind: chain.Authority, From: r.name(a[0].address()), To: r.name(a[1].address()),
		Subject: "administrator", Detail: f.name(),
	})
	r.ran(f)
}

func (r *reading) configureMinter(f frame, a []value) {
	r.authority(f, r.name(a[0].address()), powerOf(f.name()), "may mint up to "+a[1].decimal())
}

// Hashes of the names of roles.
const (
	roleMinter   = "\x9f\x2d\xf0\xfe\xd2\xc7\x76\x48\xde\x58\x60\xa4\xcc\x50\x8c\xd0\x81\x8c\x85\xb8\xb8\xa1\xab\x4c\xee\xef\x8d\x98\x1c\x89\x56\xa6"
	rolePauser   = "\x65\xd7\xa2\x8e\x32\x65\xb3\x7a\x64\x74\x92\x9f\x33\x65\x21\xb3\x32\xc1\x68\x1b\x93\x3f\x6c\xb9\xf3\x37\x66\x73\x44\x0d\x86\x2a"
	roleUpgrader = "\x18\x9a\xb7\xa9\x24\x4d\xf0\x84\x81\x22\x15\x43\x15\xaf\x71\xfe\x14\x0f\x3d\xb0\xfe\x01\x40\x31\x78\x3b\x09\x46\xb8\xc9\xd2\xe3"
)

// roleText names the roles of OpenZeppelin's AccessControl; others by their hash.
// A role is the Keccak-256 hash of its name, but the first one is zero.
func roleText(role value) string {
	switch string(role.b) {
	case "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00":
		return "role DEFAULT_ADMIN_ROLE"
	case roleMinter:
		return "role MINTER_ROLE"
	case rolePauser:
		return "role PAUSER_ROLE"
	case roleUpgrader:
		return "role UPGRADER_ROLE"
	}
	return "role 0x" + hex.EncodeToString(role.b)
}

func (r *reading) grantRole(f frame, a []value) {
	r.authority(f, r.name(a[1].address()), roleText(a[0]), "granted")
}

func (r *reading) revokeRole(f frame, a []value) {
	r.authority(f, "", roleText(a[0]), "taken from "+r.name(a[1].address()))
}

func (r *reading) setRoleAdmin(f frame, a []value) {
	r.authority(f, "", roleText(a[0]), "from now on granted by holders of "+roleText(a[1]))
}

// grantRoles is that of Solady, whose roles are bits.
func (r *reading) grantRoles(f frame, a []value) {
	r.authority(f, r.name(a[0].address()), "roles "+a[1].decimal(), "granted")
}

func (r *reading) revokeRoles(f frame, a []value) {
	r.authority(f, "", "roles "+a[1].decimal(), "taken from "+r.name(a[0].address()))
}

func (r *reading) replaceOwner(f frame, a []value) {
	r.authority(f, r.name(a[1].address()), "owner", "in place of "+r.name(a[0].address()))
}

func (r *reading) changeRequirement(f frame, a []value) {
	r.authority(f, "", "threshold", "signatures needed: "+a[0].decimal())
}
