package solidity

// safeFunctions are those of Safe (formerly Gnosis Safe), releases 1.0 to 1.5.
func safeFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x6a761202:
		return "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)", (*reading).safeExec
	case 0x468721a7:
		return "execTransactionFromModule(address,uint256,bytes,uint8)", (*reading).safeModuleExec
	case 0x5229073f:
		return "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)", (*reading).safeModuleExec
	case 0xb63e800d:
		return "setup(address[],uint256,address,bytes,address,address,uint256,address)", (*reading).safeSetup
	case 0x0d582f13:
		return "addOwnerWithThreshold(address,uint256)", (*reading).safeAddOwner
	case 0xe318b52b:
		return "swapOwner(address,address,address)", (*reading).safeSwapOwner
	case 0xf8dc5dd9:
		return "removeOwner(address,address,uint256)", (*reading).safeRemoveOwner
	case 0x694e80c3:
		return "changeThreshold(uint256)", (*reading).changeRequirement
	case 0x610b5925:
		return "enableModule(address)", (*reading).newAuthority
	case 0xe009cfde:
		return "disableModule(address,address)", (*reading).safeDisableModule
	case 0xe19a9dd9:
		return "setGuard(address)", (*reading).newAuthority
	case 0xe068df37:
		return "setModuleGuard(address)", (*reading).newAuthority
	case 0xf08a0323:
		return "setFallbackHandler(address)", (*reading).newAuthority
	case 0xd4d9bdcd:
		return "approveHash(bytes32)", (*reading).safeApproveHash
	case 0x85a5affe:
		return "signMessage(bytes)", (*reading).safeSignMessage
	}
	return "", nil
}
