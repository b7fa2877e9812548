// Lighthouse's verdict on the addresses that it is given, as JSON: for each the two scores and what took from them.
//   node lighthouse.js FOLDER ADDRESS...     FOLDER is where the tools are: see install
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...addresses] = process.argv.slice(2);
const tools = createRequire(join(folder, 'package.json'));
const load = (name) => import(pathToFileURL(tools.resolve(name)));
const { default: lighthouse } = await load('lighthouse');
const { launch } = await load('chrome-launcher');

const chromium = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  ],
});
const asked = {
  port: chromium.port,
  logLevel: 'error',
  onlyCategories: ['accessibility', 'best-practices'],
  throttlingMethod: 'provided',
};

// What an audit that took from the score says, and about which element.
const told = (audit) => {
  const nodes = (audit.details?.items ?? []).map((item) => item.node?.snippet ?? item.description ?? item.url ?? '');
  return [audit.id, audit.title, ...nodes].join(' | ');
};

const verdict = async (address) => {
  const { lhr } = await lighthouse(address, asked);
  const faults = Object.values(lhr.categories).flatMap(({ id, auditRefs }) =>
    auditRefs
      .filter(({ weight }) => weight > 0)
      .map((reference) => lhr.audits[reference.id])
      .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'error' || (score !== null && score < 1))
      .map((audit) => `${id}: ${told(audit)}`),
  );
  return {
    address: lhr.finalDisplayedUrl,
    accessibility: lhr.categories.accessibility.score,
    bestPractices: lhr.categories['best-practices'].score,
    // How many audits came to a verdict: none would be a page that was not looked at.
    audits: Object.values(lhr.audits).filter(({ score }) => score !== null).length,
    faults: [...faults, ...lhr.runWarnings],
  };
};

try {
  const verdicts = [];
  for (const address of addresses) verdicts.push(await verdict(address));
  console.log(JSON.stringify(verdicts));
} finally {
  chromium.kill();
}
