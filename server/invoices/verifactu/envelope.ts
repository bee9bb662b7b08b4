import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import type { Fields } from './record.ts';

/* The SOAP messages to the tax office and its answers. Source: SistemaFacturacion.wsdl, RespuestaSuministro.xsd. */

const schemas =
  'https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/tike/cont/ws/';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});
/** Values are not converted, so that 001 stays 001, and entities that a document declares are not read. */
const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreAttributes: true,
  processEntities: true,
  isArray: (name) => name === 'RespuestaLinea',
});

/**
 * Builds the SOAP message for some records.
 * @param issuer `late`: true if the records are so old that the message has to report an incident
 */
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

/** Adds the prefix of the schema that all names in a record belong to. */
function prefixed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prefixed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [`sum1:${name}`, prefixed(each)]));
}

/** The tax office's state names for a record, and for a record that it already has. */
const stateOf: Record<string, 'accepted' | 'with errors'> = {
  Correcto: 'accepted',
  Correcta: 'accepted',
  AceptadoConErrores: 'with errors',
  AceptadaConErrores: 'with errors',
};

/** The tax office refused a whole message because of its content. Sending it again would not help. */
export class MessageRefused extends Error {}

export type Answer = {
  /** Seconds to wait before the next message. */
  waitSeconds: number;
  lines: { number: string; state: 'accepted' | 'with errors' | 'refused'; message: string }[];
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

/**
 * Reads the tax office's answer.
 * @throws MessageRefused with the tax office's text if it refused the whole message
 * @throws Error if the tax office had a problem of its own, or if this is not an answer
 */
export function readAnswer(xml: string): Answer {
  const body = (parser.parse(xml) as Parsed).Envelope?.Body;
  if (body?.Fault) {
    const reason = body.Fault.faultstring?.replace(/\s+/g, ' ').trim() ?? 'the message was refused';
    // A fault of their server is temporary. The prefix of the fault code can be anything.
    const isServerFault = /(^|:)server$/i.test(body.Fault.faultcode ?? '');
    throw isServerFault ? new Error(reason) : new MessageRefused(reason);
  }
  const answer = body?.RespuestaRegFactuSistemaFacturacion;
  if (!answer) throw new Error('the answer is none of the tax office');
  return {
    waitSeconds: Number(answer.TiempoEsperaEnvio ?? 60) || 60,
    lines: (answer.RespuestaLinea ?? []).map((line) => {
      const { CodigoErrorRegistro: code = '', DescripcionErrorRegistro: words = '' } = line;
      // The record is a duplicate if the answer to an earlier message was lost. Source: error 3000 of the list of
      // validations.
      const duplicateState = line.RegistroDuplicado?.EstadoRegistroDuplicado;
      const state = duplicateState
        ? (stateOf[duplicateState] ?? 'refused')
        : (stateOf[line.EstadoRegistro ?? ''] ?? 'refused');
      return {
        number: line.IDFactura?.NumSerieFactura ?? '',
        state,
        message: `${code} ${words}`.trim(),
      };
    }),
  };
}
