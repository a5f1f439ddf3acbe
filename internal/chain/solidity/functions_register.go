package solidity

// registerFunctions are votes, staking, and names.
func registerFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x5c19a95c:
		return "delegate(address)", (*reading).delegateVotes
	case 0xc3cda520:
		return "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)", (*reading).delegateVotesBySig
	case 0x56781388:
		return "castVote(uint256,uint8)", (*reading).castVote
	case 0x7b3c71d3:
		return "castVoteWithReason(uint256,uint8,string)", (*reading).castVote
	case 0x22895118:
		return "deposit(bytes,bytes,bytes,bytes32)", (*reading).stakingDeposit
	case 0x5b0fc9c3:
		return "setOwner(bytes32,address)", (*reading).nameOwner
	case 0x1896f70a:
		return "setResolver(bytes32,address)", (*reading).nameResolver
	case 0xd5fa2b00:
		return "setAddr(bytes32,address)", (*reading).nameAddress
	case 0x06ab5923:
		return "setSubnodeOwner(bytes32,bytes32,address)", (*reading).subnodeOwner
	case 0xcf408823:
		return "setRecord(bytes32,address,address,uint64)", (*reading).nameRecord
	case 0x5ef2c7f0:
		return "setSubnodeRecord(bytes32,bytes32,address,address,uint64)", (*reading).subnodeRecord
	case 0x28ed4f6c:
		return "reclaim(uint256,address)", (*reading).nameReclaim
	}
	return "", nil
}
