package solidity

// wellKnown names the contracts that have the same address on every chain where
// they exist; "" for others. Those of Safe are as in safe-global/safe-deployments.
func wellKnown(address [20]byte) string {
	switch string(address[:]) {
	// 0x000000000022D473030F116dDEE9F6B43aC78BA3
	case "\x00\x00\x00\x00\x00\x22\xd4\x73\x03\x0f\x11\x6d\xde\xe9\xf6\xb4\x3a\xc7\x8b\xa3":
		return "Permit2"
	// 0xcA11bde05977b3631167028862bE2a173976CA11
	case "\xca\x11\xbd\xe0\x59\x77\xb3\x63\x11\x67\x02\x88\x62\xbe\x2a\x17\x39\x76\xca\x11":
		return "Multicall3"
	// 0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789
	case "\x5f\xf1\x37\xd4\xb0\xfd\xcd\x49\xdc\xa3\x0c\x7c\xf5\x7e\x57\x8a\x02\x6d\x27\x89":
		return "EntryPoint 0.6 (ERC-4337)"
	// 0x0000000071727De22E5E9d8BAf0edAc6f37da032
	case "\x00\x00\x00\x00\x71\x72\x7d\xe2\x2e\x5e\x9d\x8b\xaf\x0e\xda\xc6\xf3\x7d\xa0\x32":
		return "EntryPoint 0.7 (ERC-4337)"
	// 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108
	case "\x43\x37\x08\x4d\x9e\x25\x5f\xf0\x70\x24\x61\xcf\x88\x95\xce\x9e\x3b\x5f\xf1\x08":
		return "EntryPoint 0.8 (ERC-4337)"
	// 0x4e59b44847b379578588920cA78FbF26c0B4956C
	case "\x4e\x59\xb4\x48\x47\xb3\x79\x57\x85\x88\x92\x0c\xa7\x8f\xbf\x26\xc0\xb4\x95\x6c":
		return "deterministic deployment proxy"
	// 0xA238CBeb142c10Ef7Ad8442C6D1f9E89e07e7761
	// 0x998739BFdAAdde7C933B942a68053933098f9EDa
	case "\xa2\x38\xcb\xeb\x14\x2c\x10\xef\x7a\xd8\x44\x2c\x6d\x1f\x9e\x89\xe0\x7e\x77\x61",
		"\x99\x87\x39\xbf\xda\xad\xde\x7c\x93\x3b\x94\x2a\x68\x05\x39\x33\x09\x8f\x9e\xda":
		return "Safe MultiSend 1.3.0"
	// 0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526
	case "\x38\x86\x9b\xf6\x6a\x61\xcf\x6b\xdb\x99\x6a\x6a\xe4\x0d\x58\x53\xfd\x43\xb5\x26":
		return "Safe MultiSend 1.4.1"
	// 0x218543288004CD07832472D464648173c77D7eB7
	case "\x21\x85\x43\x28\x80\x04\xcd\x07\x83\x24\x72\xd4\x64\x64\x81\x73\xc7\x7d\x7e\xb7":
		return "Safe MultiSend 1.5.0"
	// 0x40A2aCCbd92BCA938b02010E17A5b8929b49130D
	// 0xA1dabEF33b3B82c7814B6D82A79e50F4AC44102B
	case "\x40\xa2\xac\xcb\xd9\x2b\xca\x93\x8b\x02\x01\x0e\x17\xa5\xb8\x92\x9b\x49\x13\x0d",
		"\xa1\xda\xbe\xf3\x3b\x3b\x82\xc7\x81\x4b\x6d\x82\xa7\x9e\x50\xf4\xac\x44\x10\x2b":
		return "Safe MultiSendCallOnly 1.3.0"
	// 0x9641d764fc13c8B624c04430C7356C1C7C8102e2
	case "\x96\x41\xd7\x64\xfc\x13\xc8\xb6\x24\xc0\x44\x30\xc7\x35\x6c\x1c\x7c\x81\x02\xe2":
		return "Safe MultiSendCallOnly 1.4.1"
	// 0xA83c336B20401Af773B6219BA5027174338D1836
	case "\xa8\x3c\x33\x6b\x20\x40\x1a\xf7\x73\xb6\x21\x9b\xa5\x02\x71\x74\x33\x8d\x18\x36":
		return "Safe MultiSendCallOnly 1.5.0"
	// 0xA65387F16B013cf2Af4605Ad8aA5ec25a2cbA3a2
	// 0x98FFBBF51bb33A056B08ddf711f289936AafF717
	case "\xa6\x53\x87\xf1\x6b\x01\x3c\xf2\xaf\x46\x05\xad\x8a\xa5\xec\x25\xa2\xcb\xa3\xa2",
		"\x98\xff\xbb\xf5\x1b\xb3\x3a\x05\x6b\x08\xdd\xf7\x11\xf2\x89\x93\x6a\xaf\xf7\x17":
		return "Safe SignMessageLib 1.3.0"
	// 0xd53cd0aB83D845Ac265BE939c57F53AD838012c9
	case "\xd5\x3c\xd0\xab\x83\xd8\x45\xac\x26\x5b\xe9\x39\xc5\x7f\x53\xad\x83\x80\x12\xc9":
		return "Safe SignMessageLib 1.4.1"
	// 0x4FfeF8222648872B3dE295Ba1e49110E61f5b5aa
	case "\x4f\xfe\xf8\x22\x26\x48\x87\x2b\x3d\xe2\x95\xba\x1e\x49\x11\x0e\x61\xf5\xb5\xaa":
		return "Safe SignMessageLib 1.5.0"
	// 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4
	// 0xB19D6FFc2182150F8Eb585b79D4ABcd7C5640A9d
	case "\x7c\xbb\x62\xea\xa6\x9f\x79\xe6\x87\x3c\xd1\xec\xb2\x39\x29\x71\x03\x6c\xfa\xa4",
		"\xb1\x9d\x6f\xfc\x21\x82\x15\x0f\x8e\xb5\x85\xb7\x9d\x4a\xbc\xd7\xc5\x64\x0a\x9d":
		return "Safe CreateCall 1.3.0"
	// 0x9b35Af71d77eaf8d7e40252370304687390A1A52
	case "\x9b\x35\xaf\x71\xd7\x7e\xaf\x8d\x7e\x40\x25\x23\x70\x30\x46\x87\x39\x0a\x1a\x52":
		return "Safe CreateCall 1.4.1"
	// 0x2Ef5ECfbea521449E4De05EDB1ce63B75eDA90B4
	case "\x2e\xf5\xec\xfb\xea\x52\x14\x49\xe4\xde\x05\xed\xb1\xce\x63\xb7\x5e\xda\x90\xb4":
		return "Safe CreateCall 1.5.0"
	}
	return ""
}

// isLibrary reports whether a function of a contract is made to be run with the
// rights of the caller, by code that is known and does no more than it says. The
// addresses of these contracts follow from their code (EIP-1014), so that nothing
// else can stand there.
func isLibrary(address [20]byte, selector uint32) bool {
	switch wellKnown(address) {
	case "Safe MultiSend 1.3.0", "Safe MultiSend 1.4.1", "Safe MultiSend 1.5.0",
		"Safe MultiSendCallOnly 1.3.0", "Safe MultiSendCallOnly 1.4.1", "Safe MultiSendCallOnly 1.5.0":
		return selector == 0x8d80ff0a // multiSend(bytes)
	case "Safe SignMessageLib 1.3.0", "Safe SignMessageLib 1.4.1", "Safe SignMessageLib 1.5.0":
		return selector == 0x85a5affe // signMessage(bytes)
	case "Safe CreateCall 1.3.0", "Safe CreateCall 1.4.1", "Safe CreateCall 1.5.0":
		return selector == 0x4c8c9ea1 || selector == 0x4847be6f // performCreate, performCreate2
	}
	return false
}
