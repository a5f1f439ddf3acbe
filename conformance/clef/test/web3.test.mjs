// web3.js 4 over both doors. It knows neither blobs nor authorizations of accounts' code.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Web3 } from 'web3';
import { getEncodedEip712Data } from 'web3-eth-abi';
import { IpcProvider } from 'web3-providers-ipc';
import { alice, bob, carol, documents, hexOf, quantity, texts, token, transactions } from './cases.mjs';
import { CHAIN_ID, startSigner } from './signer.mjs';

const signer = await startSigner();
const socket = new IpcProvider(signer.ipc);
const doors = { HTTP: new Web3(signer.http), IPC: new Web3(socket) };
for (const web3 of Object.values(doors)) {
  web3.defaultNetworkId = CHAIN_ID; // or it would ask the signer, as if that were a node
  web3.extend({
    property: 'clef',
    methods: ['version', 'list', 'signTransaction', 'signData', 'signTypedData', 'ecRecover'].map((name) => ({ name, call: `account_${name}` })),
  });
}
after(async () => {
  socket.disconnect();
  await signer.stop();
});

/** web3's own form of a case, all in hex. */
const formOf = (members) => ({
  chainId: quantity(CHAIN_ID), from: alice.address,
  ...Object.fromEntries(Object.entries(members).map(([name, value]) => [name, ['number', 'bigint'].includes(typeof value) ? quantity(value) : value])),
});

/** Checks a refusal by the answer that web3 keeps as the cause of its own error. */
async function refused(call, code, message) {
  await assert.rejects(call, (err) => {
    const answer = err.cause ?? err.innerError ?? err;
    assert.deepEqual({ code: answer.code, message: answer.message }, { code, message });
    return true;
  });
}

for (const [door, web3] of Object.entries(doors)) describe(`web3.js over ${door}`, () => {
  const { clef, eth, utils } = web3;

  test('version and accounts', async () => {
    assert.equal(await clef.version(), signer.info.extapi_version);
    const listed = await clef.list();
    assert.deepEqual(listed.map((a) => utils.toChecksumAddress(a)), [alice, bob, carol].map((a) => a.address));
    signer.ui.deny('ui_approveListing');
    await refused(clef.list(), -32000, 'request denied');
  });

  for (const [name, members] of Object.entries(transactions)) {
    test(name, async () => {
      const { raw, tx } = await clef.signTransaction(formOf(members));
      assert.equal(eth.accounts.recoverTransaction(raw), alice.address);
      assert.equal(utils.sha3(raw), tx.hash);
      const { from: _, ...unsigned } = formOf(members);
      const own = await eth.accounts.signTransaction(unsigned, alice.key);
      assert.equal(raw, own.rawTransaction);
    });
  }

  test('a transaction that is denied', async () => {
    signer.ui.deny('ui_approveTx');
    await refused(clef.signTransaction(formOf(transactions['a transaction of EIP-1559'])), -32000, 'request denied');
  });

  test('texts, and who signed them', async () => {
    for (const text of texts) {
      const signature = await clef.signData('text/plain', alice.address, hexOf(text));
      assert.equal(eth.accounts.recover(text, signature), alice.address);
      assert.equal(signature, eth.accounts.sign(text, alice.key).signature);
      assert.equal(await clef.ecRecover(hexOf(text), signature), alice.address.toLowerCase());
    }
  });

  for (const [name, document] of Object.entries(documents)) {
    test(`typed data: ${name}`, async () => {
      const signature = await clef.signTypedData(alice.address, document);
      const hash = getEncodedEip712Data(document, true);
      assert.equal(eth.accounts.recover(hash, signature, true), alice.address);
      assert.equal(await clef.signData('data/typed', alice.address, hexOf(JSON.stringify(document))), signature);
    });
  }

  test('data for a validator, EIP-191 version 0', async () => {
    const message = '0xdeadbeef';
    const signature = await clef.signData('data/validator', alice.address, { address: token, message });
    const hash = utils.keccak256(`0x1900${token.slice(2)}${message.slice(2)}`);
    assert.equal(eth.accounts.recover(hash, signature, true), alice.address);
  });
});
