import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import type { Fields } from './record.ts';

/** The SOAP message of the tax office, and what it answers. Source: SistemaFacturacion.wsdl, RespuestaSuministro.xsd. */

const schemas =
  'https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/tike/cont/ws/';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});
/** Nothing is guessed, so that 001 stays 001, and no entity of a document's own is read. */
const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreAttributes: true,
  processEntities: true,
  isArray: (name) => name === 'RespuestaLinea',
});

/** @param late written so long ago that the tax office asks for a reason: there was an incident */
export function envelopeOf(
  issuer: { name: string; nif: string; late: boolean },
  records: readonly Fields[],
): string {
  const body = {
    'sum:RegFactuSistemaFacturacion': {
      'sum:Cabecera': {
        'sum1:ObligadoEmision': { 'sum1:NombreRazon': issuer.name, 'sum1:NIF': issuer.nif },
        ...(issuer.late ? { 'sum1:RemisionVoluntaria': { 'sum1:Incidencia': 'S' } } : {}),
      },
      'sum:RegistroFactura': records.map((record) => ({ 'sum1:RegistroAlta': prefixed(record) })),
    },
  };
  const names = {
    '@xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
    '@xmlns:sum': `${schemas}SuministroLR.xsd`,
    '@xmlns:sum1': `${schemas}SuministroInformacion.xsd`,
  };
  const xml = builder.build({ 'soapenv:Envelope': { ...names, 'soapenv:Body': body } });
  return `<?xml version="1.0" encoding="UTF-8"?>${xml}`;
}

/** Every name of a record is of one schema. */
function prefixed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prefixed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [`sum1:${name}`, prefixed(each)]));
}

/** Its words for a record, and for one that it has already. */
const stateOf: Record<string, 'accepted' | 'with errors'> = {
  Correcto: 'accepted',
  Correcta: 'accepted',
  AceptadoConErrores: 'with errors',
  AceptadaConErrores: 'with errors',
};

/** It took nothing of a message because of what is in it: sent again it is refused again. */
export class MessageRefused extends Error {}

export type Answer = {
  /** Seconds to wait before the next message. */
  wait: number;
  lines: { number: string; state: 'accepted' | 'with errors' | 'refused'; said: string }[];
};

type Line = {
  IDFactura?: { NumSerieFactura?: string };
  EstadoRegistro?: string;
  CodigoErrorRegistro?: string;
  DescripcionErrorRegistro?: string;
  RegistroDuplicado?: { EstadoRegistroDuplicado?: string };
};
type Parsed = {
  Envelope?: {
    Body?: {
      Fault?: { faultcode?: string; faultstring?: string };
      RespuestaRegFactuSistemaFacturacion?: { TiempoEsperaEnvio?: string; RespuestaLinea?: Line[] };
    };
  };
};

/** @throws Error with the tax office's words where it took nothing of the message, or the answer is none */
export function readAnswer(xml: string): Answer {
  const body = (parser.parse(xml) as Parsed).Envelope?.Body;
  if (body?.Fault) {
    const words = body.Fault.faultstring?.replace(/\s+/g, ' ').trim() ?? 'the message was refused';
    // The server's own trouble is over by itself; the prefix of the code is of its choice.
    const isServers = /(^|:)server$/i.test(body.Fault.faultcode ?? '');
    throw isServers ? new Error(words) : new MessageRefused(words);
  }
  const answer = body?.RespuestaRegFactuSistemaFacturacion;
  if (!answer) throw new Error('the answer is none of the tax office');
  return {
    wait: Number(answer.TiempoEsperaEnvio ?? 60) || 60,
    lines: (answer.RespuestaLinea ?? []).map((line) => {
      const { CodigoErrorRegistro: code = '', DescripcionErrorRegistro: words = '' } = line;
      // Known already: an answer to an earlier message was lost. Source: error 3000 of the list of validations.
      const known = line.RegistroDuplicado?.EstadoRegistroDuplicado;
      const state = known ? (stateOf[known] ?? 'refused') : (stateOf[line.EstadoRegistro ?? ''] ?? 'refused');
      return {
        number: line.IDFactura?.NumSerieFactura ?? '',
        state,
        said: `${code} ${words}`.trim(),
      };
    }),
  };
}
