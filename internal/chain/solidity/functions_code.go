package solidity

// codeFunctions replace, make or destroy code.
func codeFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x3659cfe6:
		return "upgradeTo(address)", (*reading).upgradeTo
	case 0x4f1ef286:
		return "upgradeToAndCall(address,bytes)", (*reading).upgradeTo
	case 0xd784d426:
		return "setImplementation(address)", (*reading).upgradeTo
	case 0x7de7edef:
		return "changeMasterCopy(address)", (*reading).upgradeTo
	case 0x99a88ec4:
		return "upgrade(address,address)", (*reading).upgradeOther
	case 0x9623609d:
		return "upgradeAndCall(address,address,bytes)", (*reading).upgradeOther
	case 0x1f931c1c:
		return "diamondCut((address,uint8,bytes4[])[],address,bytes)", (*reading).diamondCut
	case 0x0753c30c:
		return "deprecate(address)", (*reading).upgradeTo
	case 0x1688f0b9:
		return "createProxyWithNonce(address,bytes,uint256)", (*reading).createProxy
	case 0x4c8c9ea1:
		return "performCreate(uint256,bytes)", (*reading).performCreate
	case 0x4847be6f:
		return "performCreate2(uint256,bytes,bytes32)", (*reading).performCreate
	case 0x83197ef0:
		return "destroy()", (*reading).destroy
	case 0x41c0e1b5:
		return "kill()", (*reading).destroy
	case 0xc96cd46f:
		return "suicide()", (*reading).destroy
	case 0x9cb8a26a:
		return "selfDestruct()", (*reading).destroy
	case 0xf5074f41:
		return "destroyAndSend(address)", (*reading).destroyAndSend
	case 0xcfc72007:
		return "selfdestruct(address)", (*reading).destroyAndSend
	case 0xcbf0b0c0:
		return "kill(address)", (*reading).destroyAndSend
	case 0x00f55d9d:
		return "destroy(address)", (*reading).destroyAndSend
	}
	return "", nil
}
