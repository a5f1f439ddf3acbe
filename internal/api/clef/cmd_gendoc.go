package clef

import (
	"context"
	"fmt"
	"strings"
)

// generateDocs is clef gendoc: what the UI is sent and answers, by examples.
func (p *personality) generateDocs(context.Context, settings, []string) error {
	var b strings.Builder
	b.WriteString("## Examples of the UI API\n\n" +
		"What the signer sends to a UI (`--stdio-ui`) and what that answers, as the one parameter or the result of a JSON-RPC call.\n\n")
	for _, e := range examples() {
		fmt.Fprintf(&b, "### %s\n\n%s\n\nExample:\n```json\n%s\n```\n\n", e.name, e.about, e.json)
	}
	fmt.Fprint(p.env.Stdout, b.String())
	return nil
}

type example struct{ name, about, json string }

func examples() []example {
	return []example{
		{
			"SignDataRequest",
			"`ui_approveSignData` asks whether data may be signed. `raw_data` is what is hashed, in base64; `messages` is what to show of it; `hash` is what would be signed.",
			`{
  "content_type": "text/plain",
  "address": "0xDEADbEeF000000000000000000000000DeaDbeEf",
  "raw_data": "GUV0aGVyZXVtIFNpZ25lZCBNZXNzYWdlOgoxMWhlbGxvIHdvcmxk",
  "messages": [
    {
      "name": "message",
      "value": "\u0019Ethereum Signed Message:\n11hello world",
      "type": "text/plain"
    }
  ],
  "call_info": null,
  "hash": "0xd9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68",
  "meta": {
    "remote": "localhost:9999",
    "local": "localhost:8545",
    "scheme": "http",
    "User-Agent": "Firefox 3.2",
    "Origin": "www.malicious.ru"
  }
}`,
		},
		{
			"SignDataResponse - approve",
			"The answer that lets it be signed. If the password of the account is not stored, `ui_onInputRequired` follows.",
			`{
  "approved": true
}`,
		},
		{
			"SignDataResponse - deny",
			"The answer that refuses it.",
			`{
  "approved": false
}`,
		},
		{
			"SignTxRequest",
			"`ui_approveTx` asks whether a transaction may be signed. `call_info` says what is remarkable about it; addresses are spelled as the caller did.",
			`{
  "transaction": {
    "from": "0xDEADbEeF000000000000000000000000DeaDbeEf",
    "to": null,
    "gas": "0x3e8",
    "gasPrice": "0x5",
    "maxFeePerGas": null,
    "maxPriorityFeePerGas": null,
    "value": "0x6",
    "nonce": "0x1",
    "data": "0x01020304"
  },
  "call_info": [
    {
      "type": "Warning",
      "message": "Something looks odd, show this message as a warning"
    },
    {
      "type": "Info",
      "message": "User should see this as well"
    }
  ],
  "meta": {
    "remote": "localhost:9999",
    "local": "localhost:8545",
    "scheme": "http",
    "User-Agent": "Firefox 3.2",
    "Origin": "www.malicious.ru"
  }
}`,
		},
		{
			"SignTxResponse - approve",
			"The answer that lets a transaction be signed: exactly the one that it has, which need not be the one that was asked for (unless `--no-change`).",
			`{
  "transaction": {
    "from": "0xDEADbEeF000000000000000000000000DeaDbeEf",
    "to": null,
    "gas": "0x3e8",
    "gasPrice": "0x5",
    "maxFeePerGas": null,
    "maxPriorityFeePerGas": null,
    "value": "0x6",
    "nonce": "0x4",
    "data": "0x04030201"
  },
  "approved": true
}`,
		},
		{
			"SignTxResponse - deny",
			"The answer that refuses it. The transaction does not matter.",
			`{
  "transaction": {
    "from": "0x",
    "to": null,
    "gas": "0x0",
    "gasPrice": null,
    "maxFeePerGas": null,
    "maxPriorityFeePerGas": null,
    "value": "0x0",
    "nonce": "0x0"
  },
  "approved": false
}`,
		},
		{
			"OnApproved - SignTransactionResult",
			"`ui_onApprovedTx` tells what was signed, before the caller gets it. It wants no answer.",
			`{
  "raw": "0xf85d640101948a8eafb1cf62bfbeb1741769dae1a9dd47996192018026a0716bd90515acb1e68e5ac5867aa11a1e65399c3349d479f5fb698554ebc6f293a04e8a4ebfff434e971e0ef12c5bf3a881b06fd04fc3f8b8a7291fb67a26a1d4ed",
  "tx": {
    "type": "0x0",
    "chainId": "0x1",
    "nonce": "0x64",
    "to": "0x8a8eafb1cf62bfbeb1741769dae1a9dd47996192",
    "gas": "0x1",
    "gasPrice": "0x1",
    "maxPriorityFeePerGas": null,
    "maxFeePerGas": null,
    "value": "0x1",
    "input": "0x",
    "v": "0x26",
    "r": "0x716bd90515acb1e68e5ac5867aa11a1e65399c3349d479f5fb698554ebc6f293",
    "s": "0x4e8a4ebfff434e971e0ef12c5bf3a881b06fd04fc3f8b8a7291fb67a26a1d4ed",
    "hash": "0x662f6d772692dd692f1b5e8baa77a9ff95bbd909362df3fc3d301aafebde5441"
  }
}`,
		},
		{
			"UserInputRequest",
			"`ui_onInputRequired` asks for a text. If `isPassword` is set, it must not show.",
			`{
  "title": "The title here",
  "prompt": "The question to ask the user",
  "isPassword": true
}`,
		},
		{
			"UserInputResponse",
			"The answer to it.",
			`{
  "text": "The textual response from user"
}`,
		},
		{
			"ListRequest",
			"`ui_approveListing` asks which of the accounts the caller may know.",
			`{
  "accounts": [
    {
      "address": "0xdeadbeef000000000000000000000000deadbeef",
      "url": "keystore:///path/to/keyfile/a"
    },
    {
      "address": "0x1111111122222222222233333333334444444444",
      "url": "keystore:///path/to/keyfile/b"
    }
  ],
  "meta": {
    "remote": "localhost:9999",
    "local": "localhost:8545",
    "scheme": "http",
    "User-Agent": "Firefox 3.2",
    "Origin": "www.malicious.ru"
  }
}`,
		},
		{
			"ListResponse",
			"The answer has the accounts to reveal. Only addresses count; `\"accounts\": null` refuses.",
			`{
  "accounts": [
    {
      "address": "0x0000000000000000000000000000000000000000",
      "url": ".. ignored .."
    },
    {
      "address": "0xffffffffffffffffffffffffffffffffffffffff",
      "url": ""
    }
  ]
}`,
		},
	}
}
