package kmd

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type object = map[string]any

// member is how a request field is described.
type member struct {
	field  fieldSet
	name   string
	schema object
}

// members describes every request field.
func members() []member {
	text := func(about string) object { return object{"type": "string", "description": about} }
	b64 := func(about string) object {
		return object{"type": "string", "format": "byte", "description": about}
	}
	small := func(about string) object {
		return object{"type": "integer", "minimum": 0, "maximum": 255, "description": about}
	}
	flag := func(about string) object { return object{"type": "boolean", "description": about} }
	return []member{
		{fieldHandle, "wallet_handle_token", text("handle from wallet/init")},
		{fieldPassword, "wallet_password", text("password of the wallet; may be blank")},
		{fieldWalletID, "wallet_id", text("id of the wallet: 32 hex digits")},
		{fieldName, "wallet_name", text("name of at most 64 bytes; a blank one becomes the id")},
		{fieldDriver, "wallet_driver_name", object{"type": "string", "enum": []string{"sqlite"}, "description": "there is no default"}},
		{fieldSeed, "master_derivation_key", b64("32 bytes; missing or all zero draws a random one")},
		{fieldDisplay, "display_mnemonic", flag("not supported")},
		{fieldAddress, "address", text("address of 58 characters")},
		{fieldPrivateKey, "private_key", b64("seed of 32 bytes; a public half may follow and is ignored")},
		{fieldTransaction, "transaction", b64("msgpack of the bare transaction")},
		{fieldPublicKey, "public_key", b64("key to sign with, 32 bytes")},
		{fieldData, "data", b64("the program")},
		{fieldVersion, "multisig_version", small("must be 1")},
		{fieldThreshold, "threshold", small("signatures that are needed")},
		{fieldKeys, "pks", object{"type": "array", "items": b64("public key, 32 bytes")}},
		{fieldPartial, "partial_multisig", object{"$ref": "#/definitions/PartialMultisig"}},
		{fieldSigner, "signer", b64("address of the multi-signature account, 32 bytes, where the sender was rekeyed to it")},
		{fieldLegacy, "use_legacy_msig", flag("sign as for the msig field of a logic signature")},
	}
}

// describe is the Swagger 2.0 document of the API, made from the table of routes.
func describe(all []route) []byte {
	paths := object{
		"/versions": object{"get": object{
			"summary": "List the versions of the API", "operationId": "Versions", "security": []object{},
			"responses": object{"200": answerSchema("versions")},
		}},
		"/swagger.json": object{"get": object{
			"summary": "This document", "operationId": "SwaggerHandler", "security": []object{},
			"responses": object{"200": object{"description": "a Swagger 2.0 document", "schema": object{"type": "object"}}},
		}},
	}
	for _, r := range all {
		item, ok := paths[r.path].(object)
		if !ok {
			item = object{}
			paths[r.path] = item
		}
		operation := object{
			"summary": r.summary, "operationId": operationID(r),
			"responses": object{"200": answerSchema(r.answers...), "default": object{
				"description": "a refusal", "schema": object{"$ref": "#/definitions/Error"},
			}},
		}
		if r.fields != noFields {
			operation["parameters"] = []object{{"in": "body", "name": "request", "required": true, "schema": requestSchema(r.fields)}}
		}
		item[strings.ToLower(r.method)] = operation
	}
	document := object{
		"swagger": "2.0",
		"info": object{
			"title": "kmd API", "version": "0.0.1",
			"description": "Keys, wallets and signatures for Algorand, as the key management daemon offers them. Strings of format byte are standard base64 with padding.",
		},
		"schemes": []string{"http"}, "consumes": []string{"application/json"}, "produces": []string{"application/json"},
		"securityDefinitions": object{"api_key": object{"type": "apiKey", "in": "header", "name": "X-KMD-API-Token"}},
		"security":            []object{{"api_key": []string{}}},
		"paths":               paths,
		"definitions":         definitions(),
	}
	b, err := json.Marshal(document, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		panic("kmd: the API description is made of plain values: " + err.Error())
	}
	return b
}

// operationID is a unique name like "PostV1KeyImport".
func operationID(r route) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(strings.ToLower(r.method)+r.path, func(c rune) bool { return c == '/' || c == '-' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func requestSchema(fields fieldSet) object {
	properties := object{}
	for _, m := range members() {
		if fields&m.field != 0 {
			properties[m.name] = m.schema
		}
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func answerSchema(fields ...string) object {
	properties := object{}
	for _, f := range fields {
		properties[f] = answerField(f)
	}
	return object{"description": "success", "schema": object{"type": "object", "properties": properties}}
}

func answerField(name string) object {
	list := func(of object) object { return object{"type": "array", "items": of} }
	switch name {
	case "wallet":
		return object{"$ref": "#/definitions/Wallet"}
	case "wallets":
		return list(object{"$ref": "#/definitions/Wallet"})
	case "wallet_handle":
		return object{"$ref": "#/definitions/WalletHandle"}
	case "addresses", "versions":
		return list(object{"type": "string"})
	case "pks":
		return list(object{"type": "string", "format": "byte"})
	case "multisig_version", "threshold":
		return object{"type": "integer"}
	case "address", "wallet_handle_token":
		return object{"type": "string"}
	}
	return object{"type": "string", "format": "byte"}
}

func definitions() object {
	text, number, b64 := object{"type": "string"}, object{"type": "integer"}, object{"type": "string", "format": "byte"}
	structure := func(properties object) object { return object{"type": "object", "properties": properties} }
	list := func(of object) object { return object{"type": "array", "items": of} }
	return object{
		"Wallet": structure(object{
			"id": text, "name": text, "driver_name": text, "driver_version": number,
			"mnemonic_ux": object{"type": "boolean"}, "supported_txs": list(text),
		}),
		"WalletHandle": structure(object{
			"wallet": object{"$ref": "#/definitions/Wallet"}, "expires_seconds": number,
		}),
		"PartialMultisig": structure(object{
			"v": number, "thr": number, "subsig": list(structure(object{"pk": b64, "s": b64})),
		}),
		"Error": structure(object{"error": object{"type": "boolean"}, "message": text}),
	}
}
