// TRON. TronWeb needs many packages, so transactions are written here as core/Tron.proto
// says, and what is signed is checked with @noble/curves and ethers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secp256k1 } from '@noble/curves/secp256k1';
import { ethers } from 'ethers';
import { bip32, derived, hex, refused, sha256, signed, signedMessage } from './strongroom.mjs';

const ours = bip32("m/44'/195'/0'/0/0");
const key = await derived('tron');
/** An address as the protocol has it: 0x41 and the 20 bytes that Ethereum would show. */
const raw = (address) => Buffer.from(`41${address.slice(2)}`, 'hex');
const text = (bytes) => ethers.encodeBase58(Buffer.concat([bytes, sha256(sha256(bytes)).subarray(0, 4)]));
const owner = raw(ours.address);
const bob = raw(bip32("m/44'/195'/0'/0/1").address);

/** Fields of a message of protobuf, by their numbers: numbers, bytes and texts. */
const message = (fields) => Buffer.concat(Object.entries(fields).flatMap(([number, value]) => (typeof value === 'bigint'
  ? [varint(BigInt(number) << 3n), varint(value)]
  : [varint(BigInt(number) << 3n | 2n), varint(BigInt(Buffer.from(value).length)), Buffer.from(value)])));

function varint(n) {
  const out = [];
  for (; n > 127n; n >>= 7n) out.push(Number(n & 127n) | 128);
  return Buffer.from([...out, Number(n)]);
}

const TYPE = 'type.googleapis.com/protocol.TransferContract';
const contract = message({ 1: owner, 2: bob, 3: 1_500_000n });
const rawData = message({
  1: Buffer.from('9ab1', 'hex'), 4: Buffer.from('0011223344556677', 'hex'), 8: 1_900_000_000_000n,
  11: message({ 1: 1n, 2: message({ 1: TYPE, 2: contract }) }), 14: 1_899_999_940_000n,
});
const transaction = (show, visible) => ({
  visible,
  txID: hex(sha256(rawData)),
  raw_data: {
    contract: [{ parameter: { value: { amount: 1_500_000, owner_address: show(owner), to_address: show(bob) }, type_url: TYPE }, type: 'TransferContract' }],
    ref_block_bytes: '9ab1', ref_block_hash: '0011223344556677', expiration: 1_900_000_000_000, timestamp: 1_899_999_940_000,
  },
  raw_data_hex: hex(rawData),
});
const effects = [{ kind: 'move', asset: 'TRX', amount: '1500000', from: text(owner), to: text(bob) }];

/** The address whose key made a signature of r, s and v over a digest. */
function signer(digest, signature) {
  assert.equal(signature.length, 65);
  const bit = signature[64] >= 27 ? signature[64] - 27 : signature[64];
  const point = secp256k1.Signature.fromCompact(signature.subarray(0, 64)).addRecoveryBit(bit).recoverPublicKey(digest);
  return text(raw(ethers.computeAddress(`0x${point.toHex(true)}`)));
}

test('addresses', async () => {
  assert.equal(key.address, text(owner));
  assert.equal((await derived('tron', { index: 1 })).address, text(bob));
});

for (const [name, tx] of Object.entries({ 'JSON': transaction(hex, false), 'JSON, visible': transaction(text, true) })) {
  test(`a payment: ${name}`, async () => {
    const { signature, ...rest } = JSON.parse(await signed('tron', JSON.stringify(tx), { keys: [key], effects }));
    assert.deepEqual(rest, tx);
    assert.equal(signature.length, 1);
    assert.equal(signer(sha256(rawData), Buffer.from(signature[0], 'hex')), key.address);
  });
}

test('a payment: raw_data_hex', async () => {
  const result = Buffer.from(await signed('tron', hex(rawData), { keys: [key], effects }), 'hex');
  const signature = result.subarray(-65);
  assert.equal(hex(result), hex(message({ 1: rawData, 2: signature })));
  assert.equal(signer(sha256(rawData), signature), key.address);
});

test('JSON that does not say what is signed', async () => {
  const tx = transaction(hex, false);
  tx.raw_data.contract[0].parameter.value.amount = 1;
  await refused('tron', JSON.stringify(tx), /Invalid transaction/, { keys: [key] });
});

test('messages, TIP-191', async () => {
  const statement = Buffer.from('I own this address');
  const signature = Buffer.from((await signedMessage('tron', statement, { key })).trim().replace(/^0x/, ''), 'hex');
  const digest = ethers.getBytes(ethers.keccak256(Buffer.concat([Buffer.from(`\x19TRON Signed Message:\n${statement.length}`), statement])));
  assert.equal(signer(digest, signature), key.address);
});
