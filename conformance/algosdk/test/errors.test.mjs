// The texts that programs match on.
import { test } from 'node:test';
import { client, freshName, newWallet, password, refused } from './client.mjs';

const kmd = client();

test('tokens', async () => {
  await refused(client('f'.repeat(64)).listWallets(), 401, 'invalid API token');
  await refused(client('').listWallets(), 401, 'invalid API token');
});

test('opening', async () => {
  const { id, name } = await newWallet(kmd);
  await refused(kmd.initWalletHandle(id, 'wrong'), 401, 'error decrypting. wrong password?');
  await refused(kmd.initWalletHandle(id, ''), 401, 'error decrypting. wrong password?');
  await refused(kmd.initWalletHandle('0'.repeat(32), password), 400, 'wallet not found');
  await refused(kmd.initWalletHandle(name, password), 400, 'wallet not found');
  await refused(kmd.renameWallet('0'.repeat(32), password, freshName('x')), 400, 'wallet not found');
});

test('handles', async () => {
  const { handle } = await newWallet(kmd);
  const [id, secret] = handle.split('.');
  for (const [wrong, message] of [
    ['', 'wrong number of token parts'],
    [id, 'wrong number of token parts'],
    [`${id.slice(1)}.${secret}`, 'invalid wallet handle id'],
    [`${id.replace(/^./, 'G')}.${secret}`, 'invalid wallet handle id'],
    [`${id}.${secret.slice(1)}`, 'invalid wallet handle secret'],
    [`${handle}.${secret}`, 'invalid wallet handle secret'],
    [`${'0'.repeat(16)}.${secret}`, 'handle does not exist'],
    [`${id}.${'0'.repeat(64)}`, 'invalid token'],
  ]) {
    await refused(kmd.listKeys(wrong), 401, message);
    await refused(kmd.renewWalletHandle(wrong), 401, message);
  }
  await kmd.listKeys(handle); // wrong secrets do not close it
});

test('keys', async () => {
  const { handle } = await newWallet(kmd);
  const { address } = await kmd.generateKey(handle);
  const unknown = 'RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM';
  await refused(kmd.exportKey(handle, password, unknown), 400, 'key does not exist in this wallet');
  await refused(kmd.exportKey(handle, 'wrong', address), 400, 'error decrypting. wrong password?');
  await refused(kmd.exportKey(handle, password, address.toLowerCase()), 400, 'could not decode address');
  await refused(kmd.deleteKey(handle, 'wrong', address), 400, 'error decrypting. wrong password?');
});
