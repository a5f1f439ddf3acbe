package solidity

// tokenFunctions are those of ERC-20 and of what extends it: allowances that grow,
// ERC-677, ERC-777, ERC-1363, and EIP-3009.
func tokenFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0xa9059cbb:
		return "transfer(address,uint256)", (*reading).transfer
	case 0x23b872dd:
		return "transferFrom(address,address,uint256)", (*reading).transferFrom
	case 0x095ea7b3:
		return "approve(address,uint256)", (*reading).approve
	case 0x39509351:
		return "increaseAllowance(address,uint256)", (*reading).increaseAllowance
	case 0xd73dd623:
		return "increaseApproval(address,uint256)", (*reading).increaseAllowance
	case 0xa457c2d7:
		return "decreaseAllowance(address,uint256)", (*reading).decreaseAllowance
	case 0x66188463:
		return "decreaseApproval(address,uint256)", (*reading).decreaseAllowance
	case 0x1296ee62:
		return "transferAndCall(address,uint256)", (*reading).transferAndCall
	case 0x4000aea0:
		return "transferAndCall(address,uint256,bytes)", (*reading).transferAndCall
	case 0xd8fbe994:
		return "transferFromAndCall(address,address,uint256)", (*reading).transferFromAndCall
	case 0xc1d34b89:
		return "transferFromAndCall(address,address,uint256,bytes)", (*reading).transferFromAndCall
	case 0x3177029f:
		return "approveAndCall(address,uint256)", (*reading).approveAndCall
	case 0xcae9ca51:
		return "approveAndCall(address,uint256,bytes)", (*reading).approveAndCall
	case 0xe3ee160e:
		return "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)", (*reading).transferWithAuthorization
	case 0xcf092995:
		return "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)", (*reading).transferWithAuthorization
	case 0xef55bec6:
		return "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)", (*reading).transferWithAuthorization
	case 0x88b7ab63:
		return "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)", (*reading).transferWithAuthorization
	case 0x40c10f19:
		return "mint(address,uint256)", (*reading).mint
	case 0x42966c68:
		return "burn(uint256)", (*reading).burn
	case 0xfe9d9303:
		return "burn(uint256,bytes)", (*reading).burn
	case 0x9dc29fac:
		return "burn(address,uint256)", (*reading).burnFrom
	case 0x79cc6790:
		return "burnFrom(address,uint256)", (*reading).burnFrom
	case 0x9bd9bbc6:
		return "send(address,uint256,bytes)", (*reading).send
	case 0x62ad1b83:
		return "operatorSend(address,address,uint256,bytes,bytes)", (*reading).operatorSend
	case 0xfc673c4f:
		return "operatorBurn(address,uint256,bytes,bytes)", (*reading).operatorBurn
	case 0x959b8c3f:
		return "authorizeOperator(address)", (*reading).authorizeOperator
	case 0xfad8b32a:
		return "revokeOperator(address)", (*reading).revokeOperator
	case 0x9fc1d0e7:
		return "forcedTransfer(address,address,uint256)", (*reading).forcedTransfer
	case 0xf282527a:
		return "controllerTransfer(address,address,uint256,bytes,bytes)", (*reading).forcedTransfer
	case 0x2bc6acc3:
		return "controllerRedeem(address,uint256,bytes,bytes)", (*reading).controllerRedeem
	case 0xb2118a8d:
		return "rescueERC20(address,address,uint256)", (*reading).rescue
	case 0x8980f11f:
		return "recoverERC20(address,uint256)", (*reading).recoverToken
	case 0xd0e30db0:
		return "deposit()", (*reading).wrap
	case 0x2e1a7d4d:
		return "withdraw(uint256)", (*reading).unwrap
	}
	return "", nil
}
