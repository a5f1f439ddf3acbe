package bench

// sample is a common transaction of a chain, as a file that the chain reads, and the
// key that signs it where the file does not say.
type sample struct {
	file   string
	signer bool // the generator of the chain's curve signs: a public key that everybody knows
}

// The generators of secp256k1 and of Ed25519's curve.
const (
	generator        = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	generatorEd25519 = "5866666666666666666666666666666666666666666666666666666666666666"
)

// Bitcoin's family pays from an output of the generator to another.
const (
	bitcoreHead = `{"version":2,"inputs":[{"prevTxId":"9f0631d804a1109f03e8d04b6b107d802fd8f31166c3157dc2807b95e49c9db7","outputIndex":0,"sequenceNumber":4294967295,"script":"","scriptString":"","output":{"satoshis":900000000,"script":"`
	bitcoreTail = `"}}],"outputs":[{"satoshis":400000000,"script":"76a914df67004955e2e64a579d4283969f199c12e9c04188ac"},{"satoshis":499800000,"script":"76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"}],"nLockTime":0}`
	witnessKey  = "0014751e76e8199196d454941c45d1b3a323f1433bd6"
	keyHash     = "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"
)

// ether is a transfer on chains that sign as Ethereum does.
const ether = `{"to":"0x6fac4d18c912343bf86fa7049364dd4e424ab9c0","value":"0x2386f26fc10000","gas":"21000","nonce":5,"gasPrice":"0x4a817c800"}`

// samples are by the id of the chain. Amounts and accounts are those of the recorded
// transactions in testdata/golden/tatum.
func samples() map[string]sample {
	s := map[string]sample{
		"bitcoin":  {bitcoreHead + witnessKey + bitcoreTail, true},
		"litecoin": {bitcoreHead + keyHash + bitcoreTail, true},
		"dogecoin": {bitcoreHead + keyHash + bitcoreTail, true},
		"bitcoin-cash": {"0200000001db980a2a157c04f83a013e4b325bde45e06d66429112c73a2cefe285ca6f53d70000000000ffffffff" +
			"02409c0000000000001976a9144f04b6e897c1a3dfe2b74bfc40cbc4d9c64daf3088ac78e60000000000001976a914086a977c7dad32a56996af2ce90a727238d4899888ac00000000:[100000]", true},
		"algorand": {`{"type":"pay","from":{"publicKey":` + algorandKey + `},"to":{"publicKey":` + algorandKey + `},"amount":1000000,"fee":1000,"firstRound":28000000,"lastRound":28001000,"genesisID":"mainnet-v1.0"}`, false},
		"antelope": {`{"chain_id":"aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906","transaction":{"expiration":"2030-01-01T00:00:00","ref_block_num":1,"ref_block_prefix":2,` +
			`"actions":[{"account":"eosio.token","name":"transfer","authorization":[{"actor":"alice","permission":"active"}],"data":"0000000000855c340000000000000e3d102700000000000004454f53000000000568656c6c6f"}]}}`, true},
		"vechain": {`{"to":"0xdb62fe39887b1b3b80a05e16596150ccdb12199e","value":"1000000000000000000","chainTag":74,"blockRef":"0x00aabbcc11223344","gas":21000,"nonce":"0x1234567890abcdef"}`, true},
		"tron":    {"0a02a1b2220801020304050607084080f0cc86a6375a67080112630a2d747970652e676f6f676c65617069732e636f6d2f70726f746f636f6c2e5472616e73666572436f6e747261637412320a1541c8599111f29c1e1e061265b4af93ea1f274ad78a121541b6e708a39781c96bd399c7657780ff9fe9f052a818c0843d70a09bc986a637", true},
		"solana":  {"0100010396da9c08f0703f749fd14e630a2b81d9109a9a8f17b7ade18952e82eb2b5e4314ad1cf5ba945b7977026c840b688f199d92e43a426247c7e0e9cce70b62747dd0000000000000000000000000000000000000000000000000000000000000000cc490e928cd2e3873bb343fc95da33179ca60f4dbf46c2c36e91299d55d4e6b901020200010c0200000040420f0000000000", false},
		"stellar": {"AAAAAgAAAACbIiwV36uEpOYpuRCsVa0IZK2KnPif8Le8UZfQSHZsEgAAAGQAAAABAAAAAQAAAAEAAAAAAAAAAAAAAABxP7MAAAAAAAAAAAEAAAAAAAAAAQAAAACnfd2PZUM/qPGhiWCue0SIWVkZl0/oM8h1XwbRloTB2QAAAAAAAAAABkIsQAAAAAAAAAAA", false},
		"xrpl":    {`{"Account":"rwVNcK399svDQj5micDS3e5t7H1QFhv9vV","Amount":"1000000","Destination":"rU6xGRKojMRPaQ6e7GtXNCmfN9JPvJfsf3","TransactionType":"Payment","Sequence":61538,"LastLedgerSequence":8820051,"Fee":"12","Flags":0}`, true},
		"flow": {`{"script":"aW1wb3J0IEZ1bmdpYmxlVG9rZW4gZnJvbSAweGYyMzNkY2VlODhmZTBhYmUKaW1wb3J0IEZsb3dUb2tlbiBmcm9tIDB4MTY1NDY1MzM5OTA0MGE2MQoKdHJhbnNhY3Rpb24oYW1vdW50OiBVRml4N` +
			`jQsIHJlY2lwaWVudDogQWRkcmVzcykgewpsZXQgc2VudFZhdWx0OiBARnVuZ2libGVUb2tlbi5WYXVsdApwcmVwYXJlKHNpZ25lcjogQXV0aEFjY291bnQpIHsKICBsZXQgdmF1bHRSZWYgPSBzaWduZXIuYm9yc` +
			`m93PCZGbG93VG9rZW4uVmF1bHQ+KGZyb206IC9zdG9yYWdlL2Zsb3dUb2tlblZhdWx0KQogICAgPz8gcGFuaWMoImZhaWxlZCB0byBib3Jyb3cgcmVmZXJlbmNlIHRvIHNlbmRlciB2YXVsdCIpCgogIHNlbGYuc` +
			`2VudFZhdWx0IDwtIHZhdWx0UmVmLndpdGhkcmF3KGFtb3VudDogYW1vdW50KQp9CgpleGVjdXRlIHsKICBsZXQgcmVjZWl2ZXJSZWYgPSAgZ2V0QWNjb3VudChyZWNpcGllbnQpCiAgICAuZ2V0Q2FwYWJpbGl0e` +
			`SgvcHVibGljL2Zsb3dUb2tlblJlY2VpdmVyKQogICAgLmJvcnJvdzwme0Z1bmdpYmxlVG9rZW4uUmVjZWl2ZXJ9PigpCiAgICAgID8/IHBhbmljKCJmYWlsZWQgdG8gYm9ycm93IHJlZmVyZW5jZSB0byByZWNpc` +
			`GllbnQgdmF1bHQiKQoKICByZWNlaXZlclJlZi5kZXBvc2l0KGZyb206IDwtc2VsZi5zZW50VmF1bHQpCn0KfQ==","arguments":["eyJ0eXBlIjoiVUZpeDY0IiwidmFsdWUiOiIxLjUwMDAwMDAwIn0=","ey` +
			`J0eXBlIjoiQWRkcmVzcyIsInZhbHVlIjoiMHhmOGQ2ZTA1ODZiMGEyMGM3In0="],"reference_block_id":"f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0","gas_li` +
			`mit":"9999","payer":"955cd3f17b2fd8ad","proposal_key":{"address":"955cd3f17b2fd8ad","key_index":"3","sequence_number":"8"},"authorizers":["e467b9dd11fa00df"],"p` +
			`ayload_signatures":[],"envelope_signatures":[]}`, true},
		"cardano": {"84a400d9010281825820abababababababababababababababababababababababababababababababab00018282583901787618071d4727bae34564745f7187f76af5a3fd8a66f9c1e4cfb0e0" +
			"49cb020c8b7d8df1c0af0e2ee2e791d43d140a5982fd60c163beccd01a003d090082581d61ec4921582cc485b3f807db2bf79dd52149e858cae1fd78b7110cd6591a000c3500021a00029810031a000186a0a0f5f6", true},
		"multiversx": {`{"nonce":17,"value":"500000000000000000","receiver":"erd1xkrttq324elvla4kk83r6wns35cjyqw7vg5tmdfn7qmrc2drd7qswlwt6z",` +
			`"sender":"erd1sqhjrtmsn5yjk6w85099p8v0ly0g8z9pxeqe5dvu5rlf2n7vq3vqytny9g","gasPrice":1000000000,"gasLimit":55000,"chainID":"1","version":1}`, false},
	}
	for _, id := range []string{"ethereum", "bsc", "polygon", "kcc", "harmony", "xdc", "celo", "kaia"} {
		s[id] = sample{ether, true}
	}
	return s
}

// algorandKey is 32 bytes as JavaScript writes a Uint8Array.
const algorandKey = `{"0":7,"1":7,"2":7,"3":7,"4":7,"5":7,"6":7,"7":7,"8":7,"9":7,"10":7,"11":7,"12":7,"13":7,"14":7,"15":7,"16":7,"17":7,"18":7,"19":7,"20":7,"21":7,"22":7,"23":7,"24":7,"25":7,"26":7,"27":7,"28":7,"29":7,"30":7,"31":7}`
