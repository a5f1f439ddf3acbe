package solidity

// permitFunctions are allowances by signature: EIP-2612, DAI's, those of NFTs, and the
// contract Permit2.
func permitFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0xd505accf:
		return "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).permit
	case 0x9fd5a6cf:
		return "permit(address,address,uint256,uint256,bytes)", (*reading).permit
	case 0x8fcbaf0c:
		return "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)", (*reading).permitDAI
	case 0x7ac2ff7b:
		return "permit(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).permitNFT
	case 0x745a41bc:
		return "permit(address,uint256,uint256,bytes)", (*reading).permitNFT
	case 0x0f5730f1:
		return "permit(address,uint256,uint256,uint256,bytes)", (*reading).permitNFT
	case 0x3aea60f0:
		return "permitForAll(address,address,bool,uint256,uint256,bytes)", (*reading).permitForAll
	case 0x87517c45:
		return "approve(address,address,uint160,uint48)", (*reading).permit2Approve
	case 0x2b67b570:
		return "permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)", (*reading).permit2Permit
	case 0x2a2d80d1:
		return "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)", (*reading).permit2PermitBatch
	case 0x36c78516:
		return "transferFrom(address,address,uint160,address)", (*reading).permit2Transfer
	case 0x0d58b1db:
		return "transferFrom((address,address,uint160,address)[])", (*reading).permit2TransferBatch
	case 0x30f28b7a:
		return "permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)", (*reading).permit2Signed
	case 0x137c29fe:
		return "permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)", (*reading).permit2Signed
	case 0xedd9444b:
		return "permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)", (*reading).permit2SignedBatch
	case 0xfe8ec1a7:
		return "permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)", (*reading).permit2SignedBatch
	case 0xcc53287f:
		return "lockdown((address,address)[])", (*reading).permit2Lockdown
	case 0xf3995c67:
		return "selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).selfPermit
	case 0xc2e3140a:
		return "selfPermitIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).selfPermit
	case 0x4659a494:
		return "selfPermitAllowed(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).selfPermitAllowed
	case 0xa4a78f0c:
		return "selfPermitAllowedIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).selfPermitAllowed
	}
	return "", nil
}
