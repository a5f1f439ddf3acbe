// MultiversX. Its SDK needs many packages, so the JSON that is signed is written here as
// docs.multiversx.com says, and signatures are checked with @noble/curves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import { ethers } from 'ethers';
import { base64, bytes, derived, hex, signed, signedMessage, slip10 } from './strongroom.mjs';

const key = await derived('multiversx');
const pubkey = ed25519.getPublicKey(slip10("m/44'/508'/0'/0'/0'"));
const { address: bob } = await derived('multiversx', { index: 1 });
// The members in the order in which the protocol signs them.
const tx = {
  nonce: 7, value: '250000000000000000', receiver: bob, sender: key.address, gasPrice: 1_000_000_000, gasLimit: 70_000,
  data: base64('invoice 7'), chainID: '1', version: 2,
};
const effects = [{ kind: 'move', asset: 'EGLD', amount: '250000000000000000', from: key.address, to: bob }];

test('the key of the words', () => assert.equal(key.hex, hex(pubkey)));

for (const [name, written] of Object.entries({
  'as it is signed': tx,
  'in another order, with empty members, as toPlainObject writes it': { ...Object.fromEntries(Object.entries(tx).reverse()), senderUsername: undefined, options: 0, guardian: '', signature: '' },
})) {
  test(`a payment: ${name}`, async () => {
    const { signature, ...rest } = JSON.parse(await signed('multiversx', JSON.stringify(written), { keys: [key], effects }));
    assert.equal(JSON.stringify(rest), JSON.stringify(tx));
    assert.ok(ed25519.verify(bytes(signature), Buffer.from(JSON.stringify(tx)), pubkey));
  });
}

test('messages', async () => {
  const message = Buffer.from('I own this address');
  const signature = (await signedMessage('multiversx', message, { key })).trim();
  const digest = ethers.getBytes(ethers.keccak256(Buffer.concat([Buffer.from(`\x17Elrond Signed Message:\n${message.length}`), message])));
  assert.ok(ed25519.verify(bytes(signature), digest, pubkey));
});
