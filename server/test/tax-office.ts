import { createServer, type Server as HttpsServer } from 'node:https';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { XMLParser } from 'fast-xml-parser';
import forge from 'node-forge';

type Pair = { certificate: forge.pki.Certificate; keys: forge.pki.rsa.KeyPair };
export type Sent = Record<string, unknown> & {
  IDFactura: { NumSerieFactura: string; IDEmisorFactura: string; FechaExpedicionFactura: string };
  Huella: string;
};

export type TaxOffice = {
  url: string;
  /** Files: the authority that signed the office's certificate, and a seller's certificate that the office knows. */
  ca: string;
  certificate: string;
  password: string;
  /** A certificate that the office does not know. */
  stranger: string;
  /** All messages, as XML, and the records that it has accepted. */
  messages: string[];
  taken: Map<string, Sent>;
  /** The names on the senders' certificates. */
  senders: string[];
  /** Returns the error in a record, or null if there is none. */
  judge: (record: Sent) => { code: string; words: string } | null;
  /** The state of a record with an error that is accepted all the same; null to refuse it. */
  accepts: 'AceptadoConErrores' | null;
  /** The invoice number for which it refuses the whole message, as if it did not fit the schema. */
  faultFor: string | null;
  /** The number of answers still to be lost after accepting the records. */
  losesAnswers: number;
  close: () => Promise<void>;
};

/**
 * Starts a server that accepts records as the tax office's does: over TLS with certificates on both sides,
 * and with its messages.
 */
export async function startTaxOffice(): Promise<TaxOffice> {
  const folder = mkdtempSync(join(tmpdir(), 'cstims-tax-'));
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const authority = makePair('authority', null);
  const own = makePair('127.0.0.1', authority);
  const seller = makePair('seller 12345678Z', authority);
  const stranger = makePair('stranger', null);
  const password = 'of the certificate';
  const ca = forge.pki.certificateToPem(authority.certificate);
  const office: TaxOffice = {
    url: '',
    password,
    messages: [],
    taken: new Map(),
    senders: [],
    judge: () => null,
    losesAnswers: 0,
    accepts: null,
    faultFor: null,
    ca: file('authority.pem', ca),
    certificate: file('seller.p12', pkcs12(seller, password)),
    stranger: file('stranger.p12', pkcs12(stranger, password)),
    close: () => close(http),
  };
  const http = createServer(
    {
      ca,
      requestCert: true,
      rejectUnauthorized: true,
      key: forge.pki.privateKeyToPem(own.keys.privateKey),
      cert: forge.pki.certificateToPem(own.certificate),
    },
    (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        office.senders.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string);
        const answer = answerTo(office, Buffer.concat(parts).toString('utf8'));
        if (office.losesAnswers > 0) {
          office.losesAnswers -= 1;
          request.socket.destroy();
          return;
        }
        response.setHeader('content-type', 'text/xml');
        response.end(answer);
      });
    },
  );
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  office.url = `https://127.0.0.1:${(http.address() as AddressInfo).port}/ws`;
  return office;
}

function close(http: HttpsServer): Promise<void> {
  http.closeAllConnections();
  return new Promise((done) => http.close(() => done()));
}

const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreAttributes: true,
  isArray: (name) => name === 'RegistroFactura',
});

type Message = {
  Envelope: { Body: { RegFactuSistemaFacturacion: { RegistroFactura: { RegistroAlta: Sent }[] } } };
};

function answerTo(office: TaxOffice, xml: string): string {
  office.messages.push(xml);
  const message = parser.parse(xml) as Message;
  const records = message.Envelope.Body.RegFactuSistemaFacturacion.RegistroFactura;
  if (records.some(({ RegistroAlta: record }) => record.IDFactura.NumSerieFactura === office.faultFor))
    return (
      '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><env:Fault>' +
      '<faultcode>env:Client</faultcode><faultstring>Codigo[4102]. El XML no cumple el esquema</faultstring>' +
      '</env:Fault></env:Body></env:Envelope>'
    );
  const lines = records.map(({ RegistroAlta: record }) => {
    const { NumSerieFactura: number } = record.IDFactura;
    const id = `<i:IDFactura><i:NumSerieFactura>${number}</i:NumSerieFactura></i:IDFactura>`;
    const previous = office.taken.get(number);
    if (previous)
      return line(id, {
        state: 'Incorrecto',
        code: '3000',
        words: 'Registro de facturación duplicado.',
        more: '<r:RegistroDuplicado><i:EstadoRegistroDuplicado>Correcta</i:EstadoRegistroDuplicado></r:RegistroDuplicado>',
      });
    const fault = office.judge(record);
    if (fault && office.accepts) office.taken.set(number, record);
    if (fault) return line(id, { state: office.accepts ?? 'Incorrecto', ...fault, more: '' });
    office.taken.set(number, record);
    return line(id, { state: 'Correcto', code: '', words: '', more: '' });
  });
  return (
    '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:r="r" xmlns:i="i"><env:Body>' +
    `<r:RespuestaRegFactuSistemaFacturacion><r:TiempoEsperaEnvio>60</r:TiempoEsperaEnvio>${lines.join('')}` +
    '</r:RespuestaRegFactuSistemaFacturacion></env:Body></env:Envelope>'
  );
}

function line(
  id: string,
  { state, code, words, more }: Record<'state' | 'code' | 'words' | 'more', string>,
): string {
  const errorXml = code
    ? `<r:CodigoErrorRegistro>${code}</r:CodigoErrorRegistro><r:DescripcionErrorRegistro>${words}</r:DescripcionErrorRegistro>`
    : '';
  return `<r:RespuestaLinea>${id}<r:EstadoRegistro>${state}</r:EstadoRegistro>${errorXml}${more}</r:RespuestaLinea>`;
}

/** Creates a certificate that is valid for one day, signed by an authority or by itself. */
function makePair(name: string, by: Pair | null): Pair {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `0${Math.floor(Math.random() * 1e12)}`;
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(by ? by.certificate.subject.attributes : subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: by === null },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ]);
  certificate.sign((by ?? { keys }).keys.privateKey, forge.md.sha256.create());
  return { certificate, keys };
}

function pkcs12({ certificate, keys }: Pair, password: string): Buffer {
  const store = forge.pkcs12.toPkcs12Asn1(keys.privateKey, [certificate], password, { algorithm: 'aes256' });
  return Buffer.from(forge.asn1.toDer(store).getBytes(), 'binary');
}
