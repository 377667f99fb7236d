import type { Decorator } from '@storybook/react-vite';
import { createFormats, english, type Messages, UiProvider } from '../../src/ui/index.ts';
import '../../src/ui/styles.css';

/** The page that the parts stand on. */
export const onPage: Decorator = (Story) => (
  <main style={{ display: 'grid', gap: 16 }}>
    <Story />
  </main>
);

/** As narrow as WCAG wants it to work. */
export const narrow: Decorator = (Story) => (
  <div style={{ inlineSize: 320 }}>
    <Story />
  </div>
);

const { plural } = createFormats('ar-EG');

/** Some of the texts in a language that is written from right to left and has six forms of number. */
const arabic: Partial<Messages> = {
  progress: 'التقدم',
  status: ({ currentStep }) => (currentStep === 'Putting the data back' ? 'جارٍ استعادة البيانات' : currentStep),
  statusDetail: () => 'تُكتب كل المفاتيح دفعة واحدة.',
  step: (name) =>
    ({
      'Load Backup': 'تحميل النسخة الاحتياطية',
      'Clear Database': 'تفريغ قاعدة البيانات',
      'Restore LocalStorage': 'استعادة التخزين المحلي',
      'Verify Data': 'التحقق من البيانات',
      'Clean State': 'التنظيف',
    })[name],
  stepStates: { done: 'تم', current: 'جارٍ', pending: 'لم يبدأ', failed: 'فشل' },
  remaining: (seconds, f) => (seconds === null ? 'الوقت المتبقي غير معروف' : `يتبقى ${f.duration(seconds)}`),
  cancelling: { stopsHere: 'إلغاء', undoes: 'إلغاء وتراجع', tooLate: 'إلغاء' },
  cancellingHint: {
    stopsHere: 'لم يتغير شيء بعد.',
    undoes: 'سيُعاد ما تغيّر حتى الآن.',
    tooLate: 'لم يعد الإلغاء ممكنًا.',
  },
  problems: 'مشكلات حتى الآن',
  backups: 'النسخ الاحتياطية',
  backup: ({ entries }) =>
    plural(entries, { one: 'مفتاح واحد', two: 'مفتاحان', few: '# مفاتيح', many: '# مفتاحًا', other: '# مفتاح' }),
  backupState: (check) => (check === undefined ? 'لم تُفحص' : check.valid ? 'سليمة' : 'تالفة'),
  verify: 'تحقق',
  download: 'تنزيل',
  remove: 'حذف',
  import: 'استيراد نسخة…',
  questions: {
    ...english.questions,
    emptiedStorage: {
      title: 'أُفرغت بيانات هذا المتصفح',
      text: ({ keys }, f) => `اختفى ${f.number(keys)} من المفاتيح. ربما سجّل أحدهم الخروج. توجد نسخة آمنة.`,
    },
  },
};

/** Right to left, in a language that is: goes with `globals: RIGHT_TO_LEFT`. */
export const inArabic: Decorator = (Story) => (
  <UiProvider locale="ar-EG" messages={arabic}>
    <Story />
  </UiProvider>
);

/** The direction of the page. */
export const RIGHT_TO_LEFT = { direction: 'rtl' } as const;

/** A dialog covers the page, so each of these stories has a page of its own in the documentation. */
export const ONE_EACH = { docs: { story: { inline: false, iframeHeight: 640 } } } as const;
