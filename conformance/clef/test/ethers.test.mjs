// ethers: its providers over both doors, and a signer of the kind that applications write for it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ethers } from 'ethers';
import {
  alice, authorization, blob, blobHashes, blobTransaction, bob, carol, delegation, documents, hexOf, kzg, quantity, texts, token, transactions,
} from './cases.mjs';
import { CHAIN_ID, accounts, startSigner } from './signer.mjs';

/** A signer of ethers whose key is in clef. */
class ClefSigner extends ethers.AbstractSigner {
  constructor(provider, address) {
    super(provider);
    this.address = address;
  }

  async getAddress() { return this.address; }

  connect(provider) { return new ClefSigner(provider, this.address); }

  async signTransaction(tx) {
    // ethers writes recipients in lower case, but the signer holds the checksum against mistakes;
    // and it leaves out what it thinks only a local signer needs.
    const request = { ...this.provider.getRpcTransaction(tx), from: this.address };
    if (tx.to) request.to = ethers.getAddress(tx.to);
    if (tx.maxFeePerBlobGas) request.maxFeePerBlobGas = ethers.toQuantity(tx.maxFeePerBlobGas);
    if (tx.blobs) request.blobs = tx.blobs;
    this.last = await this.provider.send('account_signTransaction', [request]);
    return this.last.raw;
  }

  signMessage(message) {
    return this.provider.send('account_signData', ['text/plain', this.address, typeof message === 'string' ? hexOf(message) : ethers.hexlify(message)]);
  }

  signTypedData(domain, types, value) {
    return this.provider.send('account_signTypedData', [this.address, ethers.TypedDataEncoder.getPayload(domain, types, value)]);
  }
}

/** ethers' own form of a case. */
function formOf({ gas, ...members }) {
  return { chainId: CHAIN_ID, gasLimit: gas, ...members };
}

/** Checks a refusal: ethers keeps the answer beside its own text. */
async function refused(call, code, message) {
  await assert.rejects(call, (err) => { assert.deepEqual(err.error, { code, message }); return true; });
}

const signer = await startSigner();
const doors = {
  HTTP: new ethers.JsonRpcProvider(signer.http, CHAIN_ID, { staticNetwork: true }),
  IPC: new ethers.IpcSocketProvider(signer.ipc, CHAIN_ID),
};
after(async () => {
  for (const provider of Object.values(doors)) provider.destroy();
  await signer.stop();
});

for (const [door, provider] of Object.entries(doors)) describe(`ethers over ${door}`, () => {
  const clef = new ClefSigner(provider, alice.address);
  const local = new ethers.Wallet(alice.key);

  test('version and accounts', async () => {
    assert.equal(await provider.send('account_version', []), signer.info.extapi_version);
    // The order is that of the files' names.
    const listed = (await provider.send('account_list', [])).map(ethers.getAddress);
    assert.deepEqual(listed, [alice, bob, carol].map((a) => a.address));
    signer.ui.deny('ui_approveListing');
    await refused(provider.send('account_list', []), -32000, 'request denied');
  });

  for (const [name, members] of Object.entries(transactions)) {
    test(name, async () => {
      const tx = formOf(members);
      const raw = await clef.signTransaction(tx);
      const got = ethers.Transaction.from(raw);
      assert.equal(got.type, tx.type);
      assert.equal(got.from, alice.address);
      assert.equal(got.unsignedSerialized, ethers.Transaction.from(tx).unsignedSerialized);
      assert.ok(got.isSigned() && got.isValid());
      assert.equal(got.hash, clef.last.tx.hash);
      assert.equal(raw, await local.signTransaction(tx));
    });
  }

  test('a transaction with the hashes of blobs', async () => {
    const tx = formOf({ ...blobTransaction, blobVersionedHashes: blobHashes });
    const raw = await clef.signTransaction(tx);
    const got = ethers.Transaction.from(raw);
    assert.equal(got.from, alice.address);
    assert.equal(got.maxFeePerBlobGas, blobTransaction.maxFeePerBlobGas);
    assert.deepEqual(got.blobVersionedHashes, blobHashes);
    assert.equal(got.blobs, null);
    assert.equal(raw, await local.signTransaction(tx));
  });

  test('a transaction with blobs, proved as a whole', async () => {
    const raw = await clef.signTransaction(formOf({ ...blobTransaction, blobs: [blob] }));
    const got = ethers.Transaction.from(raw);
    assert.equal(got.from, alice.address);
    const want = ethers.Transaction.from({ ...formOf(blobTransaction), kzg, blobs: [blob] });
    assert.deepEqual(got.blobVersionedHashes, want.blobVersionedHashes);
    assert.equal(got.unsignedHash, want.unsignedHash);
    assert.deepEqual(got.blobs, want.blobs);
    want.signature = got.signature;
    assert.equal(raw, want.serialized);
  });

  test('a transaction with blobs, proved cell by cell', async () => {
    const { raw } = await provider.send('account_signTransaction', [{
      from: alice.address, to: blobTransaction.to, nonce: quantity(blobTransaction.nonce), gas: quantity(blobTransaction.gas), value: quantity(blobTransaction.value),
      maxFeePerGas: quantity(blobTransaction.maxFeePerGas), maxPriorityFeePerGas: quantity(blobTransaction.maxPriorityFeePerGas),
      maxFeePerBlobGas: quantity(blobTransaction.maxFeePerBlobGas), blobVersion: 1, blobs: [blob],
    }]);
    const got = ethers.Transaction.from(raw);
    assert.equal(got.from, alice.address);
    assert.equal(got.blobWrapperVersion, 1);
    const [{ data, commitment, proof }] = got.blobs;
    assert.equal(data, blob);
    assert.equal(commitment, kzg.blobToKzgCommitment(blob));
    const cells = kzg.computeCells(blob);
    const proofs = cells.map((_, i) => ethers.dataSlice(proof, 48 * i, 48 * (i + 1)));
    assert.ok(kzg.verifyCellKzgProofBatch(cells.map(() => commitment), cells.map((_, i) => i), cells, proofs));
  });

  test('a transaction with an authorization, EIP-7702', async () => {
    const authority = new ethers.Wallet(carol.key);
    const signed = await authority.authorize({ ...authorization, chainId: BigInt(authorization.chainId) });
    const tx = formOf({ ...delegation, authorizationList: [signed] });
    const raw = await clef.signTransaction(tx);
    const got = ethers.Transaction.from(raw);
    assert.equal(got.type, 4);
    assert.equal(got.from, alice.address);
    assert.equal(ethers.verifyAuthorization(got.authorizationList[0], got.authorizationList[0].signature), carol.address);
    assert.equal(raw, await local.signTransaction(tx));
  });

  test('recipients without checksum are refused, as ethers writes them by itself', async () => {
    const request = { ...provider.getRpcTransaction(formOf(transactions['a legacy transaction'])), from: alice.address };
    await refused(provider.send('account_signTransaction', [request]), -32000, 'validation failed: Invalid checksum on recipient address');
  });

  test('a transaction that is denied', async () => {
    signer.ui.deny('ui_approveTx');
    await refused(clef.signTransaction(formOf(transactions['a transaction of EIP-1559'])), -32000, 'request denied');
  });

  test('another chain', async () => {
    await refused(clef.signTransaction({ ...formOf(transactions['a transaction of EIP-1559']), chainId: 10 }), -32000,
      `requested chainid 10 does not match the configuration of the signer`);
  });

  test('texts, and who signed them', async () => {
    for (const text of texts) {
      const signature = await clef.signMessage(text);
      assert.equal(ethers.verifyMessage(text, signature), alice.address);
      assert.equal(signature, await local.signMessage(text));
      assert.equal(ethers.getAddress(await provider.send('account_ecRecover', [hexOf(text), signature])), alice.address);
    }
    signer.ui.deny('ui_approveSignData');
    await refused(clef.signMessage('no'), -32000, 'request denied');
  });

  for (const [name, document] of Object.entries(documents)) {
    test(`typed data: ${name}`, async () => {
      const { EIP712Domain: _, ...types } = document.types;
      const signature = await clef.signTypedData(document.domain, types, document.message);
      assert.equal(ethers.verifyTypedData(document.domain, types, document.message, signature), alice.address);
      assert.equal(signature, await local.signTypedData(document.domain, types, document.message));
      const hex = hexOf(JSON.stringify(ethers.TypedDataEncoder.getPayload(document.domain, types, document.message)));
      assert.equal(await provider.send('account_signData', ['data/typed', alice.address, hex]), signature);
    });
  }

  test('data for a validator, EIP-191 version 0', async () => {
    const message = '0xdeadbeef';
    const signature = await provider.send('account_signData', ['data/validator', alice.address, { address: token, message }]);
    assert.equal(ethers.recoverAddress(ethers.keccak256(ethers.concat(['0x1900', token, message])), signature), alice.address);
  });

  test('a password that is not in the vault is asked for', async () => {
    const tx = formOf(transactions['a transaction of EIP-1559']);
    signer.ui.take();
    const raw = await new ClefSigner(provider, carol.address).signTransaction(tx);
    assert.equal(ethers.Transaction.from(raw).from, carol.address);
    const prompts = signer.ui.take().filter((r) => r.method === 'ui_onInputRequired');
    assert.deepEqual(prompts.map((r) => r.params.prompt), [`Please enter the password for account ${carol.address}`]);
    signer.ui.next('ui_onInputRequired', { text: 'not the password' });
    await refused(new ClefSigner(provider, carol.address).signTransaction(tx), -32000, 'could not decrypt key with given password');
  });

  test('an account that is not there is only found out after the approval', async () => {
    const stranger = ethers.Wallet.createRandom().address;
    signer.ui.take();
    await refused(new ClefSigner(provider, stranger).signTransaction(formOf(transactions['a legacy transaction'])), -32000, 'unknown account');
    assert.equal(signer.ui.take().filter((r) => r.method === 'ui_approveTx').length, 1);
  });

  test('several requests at once', async () => {
    const names = Object.keys(transactions);
    const raws = await Promise.all(names.map((name) => new ClefSigner(provider, alice.address).signTransaction(formOf(transactions[name]))));
    for (const [i, name] of names.entries()) assert.equal(raws[i], await local.signTransaction(formOf(transactions[name])), name);
  });
});

test('a new account', async () => {
  const password = 'another-password-1';
  signer.ui.take();
  signer.ui.next('ui_onInputRequired', { text: 'short' });
  signer.ui.next('ui_onInputRequired', { text: password });
  const address = ethers.getAddress(await doors.HTTP.send('account_new', []));
  const asked = signer.ui.take().map((r) => r.method).filter((m) => m !== 'ui_onApprovedTx'); // of the tests before
  assert.deepEqual(asked, ['ui_approveNewAccount', 'ui_onInputRequired', 'ui_showError', 'ui_onInputRequired']);
  assert.ok((await doors.HTTP.send('account_list', [])).includes(address.toLowerCase()));
  signer.ui.next('ui_onInputRequired', { text: password });
  const raw = await new ClefSigner(doors.HTTP, address).signTransaction(formOf(transactions['a transaction of EIP-1559']));
  assert.equal(ethers.Transaction.from(raw).from, address);
  assert.ok(!accounts.some((a) => a.address === address));
});
