package solidity

// ownerFunctions change who may act for a contract: owners, administrators, roles,
// and the holders of single powers.
func ownerFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0xf2fde38b:
		return "transferOwnership(address)", (*reading).newAuthority
	case 0x078dfbe7:
		return "transferOwnership(address,bool,bool)", (*reading).newAuthority
	case 0x13af4035:
		return "setOwner(address)", (*reading).newAuthority
	case 0xa6f9dae1:
		return "changeOwner(address)", (*reading).newAuthority
	case 0xc42069ec:
		return "setPendingOwner(address)", (*reading).newAuthority
	case 0x1627540c:
		return "nominateNewOwner(address)", (*reading).newAuthority
	case 0x7065cb48:
		return "addOwner(address)", (*reading).newAuthority
	case 0x704b6c02:
		return "setAdmin(address)", (*reading).newAuthority
	case 0x70480275:
		return "addAdmin(address)", (*reading).newAuthority
	case 0x8f283970:
		return "changeAdmin(address)", (*reading).newAuthority
	case 0x75829def:
		return "transferAdmin(address)", (*reading).newAuthority
	case 0x4dd18bf5:
		return "setPendingAdmin(address)", (*reading).newAuthority
	case 0xb71d1a0c:
		return "_setPendingAdmin(address)", (*reading).newAuthority
	case 0x634e93da:
		return "beginDefaultAdminTransfer(address)", (*reading).newAuthority
	case 0xf1739cae:
		return "transferProxyOwnership(address)", (*reading).newAuthority
	case 0x7eff275e:
		return "changeProxyAdmin(address,address)", (*reading).changeProxyAdmin
	case 0xab033ea9:
		return "setGovernance(address)", (*reading).newAuthority
	case 0x0abb6035:
		return "setPendingGovernance(address)", (*reading).newAuthority
	case 0xd38bfff4:
		return "transferGovernance(address)", (*reading).newAuthority
	case 0xc42cf535:
		return "setGovernor(address)", (*reading).newAuthority
	case 0xcfad57a2:
		return "setGov(address)", (*reading).newAuthority
	case 0x7a9e5e4b:
		return "setAuthority(address)", (*reading).newAuthority
	case 0x92eefe9b:
		return "setController(address)", (*reading).newAuthority
	case 0xd0ebdbe7:
		return "setManager(address)", (*reading).newAuthority
	case 0x8a0dac4a:
		return "setGuardian(address)", (*reading).newAuthority
	case 0xb3ab15fb:
		return "setOperator(address)", (*reading).newAuthority
	case 0x9870d7fe:
		return "addOperator(address)", (*reading).newAuthority
	case 0xfca3b5aa:
		return "setMinter(address)", (*reading).newAuthority
	case 0x983b2d56:
		return "addMinter(address)", (*reading).newAuthority
	case 0x82dc1ec4:
		return "addPauser(address)", (*reading).newAuthority
	case 0x7362d9c8:
		return "addWhitelistAdmin(address)", (*reading).newAuthority
	case 0xaa20e1e4:
		return "updateMasterMinter(address)", (*reading).newAuthority
	case 0x554bab3c:
		return "updatePauser(address)", (*reading).newAuthority
	case 0xad38bf22:
		return "updateBlacklister(address)", (*reading).newAuthority
	case 0x2ab60045:
		return "updateRescuer(address)", (*reading).newAuthority
	case 0x4e44d956:
		return "configureMinter(address,uint256)", (*reading).configureMinter
	case 0x65fae35e:
		return "rely(address)", (*reading).newAuthority
	case 0x9c52a7f1:
		return "deny(address)", (*reading).lessAuthority
	case 0x3092afd5:
		return "removeMinter(address)", (*reading).lessAuthority
	case 0x173825d9:
		return "removeOwner(address)", (*reading).lessAuthority
	case 0x715018a6:
		return "renounceOwnership()", (*reading).renounceOwnership
	case 0x98650275:
		return "renounceMinter()", (*reading).renounceOwnership
	case 0x79ba5097:
		return "acceptOwnership()", (*reading).takeAuthority
	case 0x4e71e0c8:
		return "claimOwnership()", (*reading).takeAuthority
	case 0x0e18b681:
		return "acceptAdmin()", (*reading).takeAuthority
	case 0xe9c714f2:
		return "_acceptAdmin()", (*reading).takeAuthority
	case 0x238efcbc:
		return "acceptGovernance()", (*reading).takeAuthority
	case 0xcefc1429:
		return "acceptDefaultAdminTransfer()", (*reading).takeAuthority
	case 0x2f2ff15d:
		return "grantRole(bytes32,address)", (*reading).grantRole
	case 0xd547741f:
		return "revokeRole(bytes32,address)", (*reading).revokeRole
	case 0x36568abe:
		return "renounceRole(bytes32,address)", (*reading).revokeRole
	case 0x1e4e0091:
		return "setRoleAdmin(bytes32,bytes32)", (*reading).setRoleAdmin
	case 0x1c10893f:
		return "grantRoles(address,uint256)", (*reading).grantRoles
	case 0x4a4ee7b1:
		return "revokeRoles(address,uint256)", (*reading).revokeRoles
	case 0xe20056e6:
		return "replaceOwner(address,address)", (*reading).replaceOwner
	case 0xba51a6df:
		return "changeRequirement(uint256)", (*reading).changeRequirement
	}
	return "", nil
}
