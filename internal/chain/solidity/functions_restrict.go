package solidity

// restrictFunctions stop and start transfers, of everybody or of somebody, and take
// what was frozen.
func restrictFunctions(selector uint32) (string, reader) {
	switch selector {
	case 0x8456cb59:
		return "pause()", (*reading).restrictAll
	case 0x3f4ba83a:
		return "unpause()", (*reading).restrictAll
	case 0x62a5af3b:
		return "freeze()", (*reading).restrictAll
	case 0x6a28f000:
		return "unfreeze()", (*reading).restrictAll
	case 0x16c38b3c:
		return "setPaused(bool)", (*reading).restrictAll
	case 0xf9f92be4:
		return "blacklist(address)", (*reading).restrict
	case 0x1a895266:
		return "unBlacklist(address)", (*reading).restrict
	case 0x0ecb93c0:
		return "addBlackList(address)", (*reading).restrict
	case 0xe4997dc5:
		return "removeBlackList(address)", (*reading).restrict
	case 0x44337ea1:
		return "addToBlacklist(address)", (*reading).restrict
	case 0x537df3b6:
		return "removeFromBlacklist(address)", (*reading).restrict
	case 0x8d1fdf2f:
		return "freeze(address)", (*reading).restrict
	case 0x45c8b1a6:
		return "unfreeze(address)", (*reading).restrict
	case 0xe724529c:
		return "freezeAccount(address,bool)", (*reading).restrict
	case 0xf3bdc228:
		return "destroyBlackFunds(address)", (*reading).seizeFrozen
	case 0xe2f72f03:
		return "wipeFrozenAddress(address)", (*reading).seizeFrozen
	}
	return "", nil
}
