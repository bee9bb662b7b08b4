import { QueryTypes, type Sequelize } from 'sequelize';

// Services have names, taglines and descriptions in both languages, and so have the labels of their options.

/** The names that usual options had in the app before the catalogue named them. */
const usualLabels: Record<string, { en: string; es: string }> = {
  vcpu: { en: 'Processors', es: 'Procesadores' },
  ram: { en: 'Memory', es: 'Memoria' },
  ssd: { en: 'SSD storage', es: 'Almacenamiento SSD' },
  hdd: { en: 'Disk storage', es: 'Almacenamiento en disco' },
  disk: { en: 'Storage', es: 'Almacenamiento' },
  storage: { en: 'Storage', es: 'Almacenamiento' },
};
const none = JSON.stringify({ en: '', es: '' });

type Row = { id: string; description: string; options: string };

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `ALTER TABLE services
       CHANGE COLUMN name slug VARCHAR(60) NOT NULL,
       RENAME INDEX name TO slug,
       ADD COLUMN names LONGTEXT NOT NULL,
       ADD COLUMN taglines LONGTEXT NOT NULL,
       ADD COLUMN descriptions LONGTEXT NOT NULL`,
  );
  const services = await sequelize.query<Row>('SELECT id, description, options FROM services', {
    type: QueryTypes.SELECT,
  });
  for (const { id, description, options } of services) {
    const labelled = (JSON.parse(options) as { key: string }[]).map((option) => ({
      ...option,
      labels: usualLabels[option.key] ?? { en: '', es: '' },
    }));
    await sequelize.query(
      'UPDATE services SET names = ?, taglines = ?, descriptions = ?, options = ? WHERE id = ?',
      {
        replacements: [
          none,
          none,
          JSON.stringify({ en: description, es: description }),
          JSON.stringify(labelled),
          id,
        ],
      },
    );
  }
  await sequelize.query('ALTER TABLE services DROP COLUMN description');
}
